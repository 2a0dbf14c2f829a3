// Package peer is what an area lets others see of its last good result. Ask for
// it with area.Peer; each type names the area that shares it.
package peer

import "time"

// Pools are the desktop pools that area pools found.
type Pools []Pool

// Pool is what other areas need of a pool.
type Pool struct {
	ID        string `json:"id"`
	ProductID string `json:"product_id"`
}

// Area implements area.Shared.
func (Pools) Area() string { return "pools" }

// Desktops are the desktops that area desktops found, with its option
// per_desktop.
type Desktops []Desktop

// Desktop is a desktop with its states in the API's spelling.
type Desktop struct {
	ID         string `json:"desktop_id"`
	PoolID     string `json:"pool_id"`
	RunState   string `json:"status"`
	LoginState string `json:"connect_status"`
}

// Area implements area.Shared.
func (Desktops) Area() string { return "desktops" }

// Logons are the logons that area login_records counted in the last minutes.
type Logons []Logon

// LogonsFor is how long after it was counted a logon is among Logons.
const LogonsFor = 15 * time.Minute

// Logon is a counted logon that can be asked about.
type Logon struct {
	TransactionID string    `json:"transaction_id"`
	Start         time.Time `json:"start"`
	Counted       time.Time `json:"counted"`
	Failed        bool      `json:"failed"`
	// Setup is how long the set-up took, 0 if it is not known.
	Setup time.Duration `json:"setup"`
}

// Area implements area.Shared.
func (Logons) Area() string { return "login_records" }

// Sites are the sites of the service that area sites found.
type Sites []Site

// Site is a site; the main one is shown as decode.CenterSite.
type Site struct {
	ID   string `json:"site_id"`
	Main bool   `json:"main"`
}

// Area implements area.Shared.
func (Sites) Area() string { return "sites" }

// Label is the site_id by which a site is shown.
func (s Sites) Label(id string) string {
	for _, site := range s {
		if site.Main && site.ID == id {
			return "center"
		}
	}
	return id
}

// Subnets are the ids of the subnets that area subnets found.
type Subnets []string

// Area implements area.Shared.
func (Subnets) Area() string { return "subnets" }
