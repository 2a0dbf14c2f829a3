package collector

import "slices"

// putState puts the state of one object as a state set: a series for each
// known state, 1 for the current one and 0 for the others, so that a change of
// state is seen in values and not in series that come and go. A state that is
// not known here is shown beside them; without a current state there is
// nothing to say. The state is the last label.
func putState(put Put, known []string, current string, labels ...string) {
	if current == "" {
		return
	}
	for _, state := range known {
		value := 0.0
		if state == current {
			value = 1
		}
		put.Value(value, append(slices.Clone(labels), state)...)
	}
	if !slices.Contains(known, current) {
		put.Value(1, append(slices.Clone(labels), current)...)
	}
}

// The known states of objects, in the API's spelling, from the models of its
// SDK.
var (
	serviceStates = []string{
		"PREPARING", "SUBSCRIBING", "SUBSCRIBED", "SUBSCRIPTION_FAILED", "DEREGISTERING", "DEREGISTRATION_FAILED",
		"RECYCLING", "RECYCLED", "RECYCLE_FAILED", "CLOSED",
	}
	accessStates = []string{
		"init", "available", "internetOpening", "dedicatedOpening", "internetOpenFailed", "dedicatedOpenFailed", "openSuccess",
		"internetClosing", "dedicatedClosing", "internetCloseFailed", "dedicatedCloseFailed", "closeSuccess",
		"internetAccessPortModifying", "internetAccessPortModifyFailed",
	}
	edgeSiteStates = []string{"initial", "deploying", "available", "unavailable"}
	hostStates     = []string{"available", "fault", "released"}
	// ERROR is not in the SDK, but Huawei's Terraform provider waits for it.
	poolStates          = []string{"STEADY", "TEMPORARY", "EXIST_FROZEN", "UNKNOWN", "ERROR"}
	certificateStates   = []string{"DISABLE", "ENABLE", "EXPIRED", "DELETE"}
	natGatewayStates    = []string{"ACTIVE", "INACTIVE", "PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE"}
	bandwidthStates     = []string{"CREATING", "ACTIVE", "INACTIVE", "UPDATING", "DELETING"}
	scheduledTaskStates = []string{"SUCCESS", "SKIP", "FAIL"}
)
