// Package apiclient says how the Workspace API is called: which endpoints
// there are (catalogue.go), how a request is built, signed and sent (wire.go),
// how often (limiter.go), how many at once and with which key (gate.go), what is
// tried again (chain.go), how lists are paged (list.go) and what failures mean
// (errors.go). It knows nothing of metrics.
//
// An Account is one access key: limits are counted for its user, and a wrong
// signature counts against it. A Project is one project of an account in one
// region, and a Poll is a Caller for one reading of it:
//
//	account := apiclient.NewAccount(apiclient.AccountConfig{...})
//	project := account.Project(apiclient.ProjectConfig{Region: "ap-southeast-3"})
//	poll := project.Poll(30 * time.Second)
//	alarms, err := apiclient.List(ctx, poll, apiclient.Request{Endpoint: apiclient.ListAlarms}, key)
package apiclient
