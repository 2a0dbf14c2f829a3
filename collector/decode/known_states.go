package decode

// LoginStates are the members of ListLoginState; ListDesktopsStatistics has
// them too.
var LoginStates = []Member{
	{"in_use_num", "in_use"},
	{"unregistered_num", "unregistered"},
	{"unable_to_connect_num", "unable_to_connect"},
	{"ready_num", "ready"},
	{"disconnected_num", "disconnected"},
}

// SoldOut is the status of a product that cannot be bought.
const SoldOut = "sellout"

// RunStates are the members of ListRunState; ListDesktopsStatistics has them
// too.
var RunStates = []Member{
	{"stop_num", "stopped"},
	{"active_num", "active"},
	{"error_num", "error"},
	{"hibernated_num", "hibernated"},
}

// ServiceStates are the states of the service at a site, from the model of the
// API's SDK.
var ServiceStates = []string{
	"PREPARING", "SUBSCRIBING", "SUBSCRIBED", "SUBSCRIPTION_FAILED", "DEREGISTERING", "DEREGISTRATION_FAILED",
	"RECYCLING", "RECYCLED", "RECYCLE_FAILED", "CLOSED",
}
