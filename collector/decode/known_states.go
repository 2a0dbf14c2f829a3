package decode

import "strings"

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

// ProductStates are the documented states of products.
var ProductStates = []string{"normal", SoldOut, "abandon"}

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

// DesktopRunStates and DesktopLoginStates are the documented states of single
// desktops.
var (
	DesktopRunStates   = []string{"ACTIVE", "SHUTOFF", "ERROR", "HIBERNATED"}
	DesktopLoginStates = []string{"UNREGISTER", "REGISTERED", "CONNECTED", "DISCONNECTED"}
)

// DesktopDeleted is the state of a desktop that is listed and no longer exists.
const DesktopDeleted = "DELETED"

// DesktopTask is the task of a desktop in one spelling: the API writes it in
// small letters, and in capitals for some.
func DesktopTask(task string) string { return strings.ToLower(strings.TrimSpace(task)) }
