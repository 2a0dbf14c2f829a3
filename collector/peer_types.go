package collector

import "time"

// peerPools are the desktop pools that area pools found.
type peerPools []peerPool

// peerPool is what other areas need of a pool.
type peerPool struct {
	ID        string `json:"id"`
	ProductID string `json:"product_id"`
}

// Area implements area.Shared.
func (peerPools) Area() string { return "pools" }

// peerDesktops are the desktops that area desktops found, with its option
// per_desktop.
type peerDesktops []peerDesktop

// peerDesktop is a desktop with its states in the API's spelling.
type peerDesktop struct {
	ID         string `json:"desktop_id"`
	PoolID     string `json:"pool_id"`
	RunState   string `json:"status"`
	LoginState string `json:"connect_status"`
}

// Area implements area.Shared.
func (peerDesktops) Area() string { return "desktops" }

// peerLogons are the logons that area login_records counted in the last minutes.
type peerLogons []peerLogon

// peerLogon is a counted logon that can be asked about.
type peerLogon struct {
	TransactionID string    `json:"transaction_id"`
	Start         time.Time `json:"start"`
	Counted       time.Time `json:"counted"`
	Failed        bool      `json:"failed"`
	// Setup is how long the set-up took, 0 if it is not known.
	Setup time.Duration `json:"setup"`
}

// Area implements area.Shared.
func (peerLogons) Area() string { return "login_records" }
