package world

import "time"

// ServiceState is the state of the service and of its main site.
type ServiceState struct {
	Status, AccessStatus string
	// LockedSince is the zero time if the service is not locked.
	LockedSince time.Time
}

// Service is the state of the service.
func (w *World) Service() ServiceState {
	if w.incidents.has(ServiceDown) {
		return ServiceState{Status: "SUBSCRIPTION_FAILED", AccessStatus: "internetOpenFailed", LockedSince: w.incidents[ServiceDown].since}
	}
	return healthyService()
}

// healthyService is the service without an incident, and every other site.
func healthyService() ServiceState {
	return ServiceState{Status: "SUBSCRIBED", AccessStatus: "available"}
}

// ServiceAt is the state of the service at a site.
func (w *World) ServiceAt(s *Site) ServiceState {
	if s == w.Sites[0] {
		return w.Service()
	}
	return healthyService()
}
