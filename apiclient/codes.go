package apiclient

import "strings"

// CodeMeaning is a row of the table of error codes that say more than the
// HTTP status does.
type CodeMeaning struct {
	// Code is as answers spell it; of those of the gateway the prefix can also
	// be APIG.
	Code    string
	Kind    Kind
	Meaning string
	// ListsOnly leaves calls that name an object in their path to the status:
	// there the code speaks of that object.
	ListsOnly bool
	// Source names who has seen or documented the code.
	Source string
}

// CodeMeanings is the one table of codes. What it lacks is judged by the HTTP
// status.
func CodeMeanings() []CodeMeaning {
	const (
		terraform = "terraform-provider-huaweicloud a0345b8dcc, huaweicloud/services/workspace/"
		gateway   = "API Gateway, error codes"
	)
	return []CodeMeaning{
		{
			Code: "WKS.00010099", Kind: Unsubscribed, Meaning: "the Workspace service is disabled in this project (HTTP 403)",
			Source: "API reference, error codes; " + terraform,
		},
		{
			Code: "WKS.00170117", Kind: Unsubscribed, Meaning: "the tenant does not exist: the project has no Workspace (HTTP 400 from lists of groups)",
			Source: terraform + "resource_huaweicloud_workspace_user_group.go:299",
		},
		{
			Code: "WKS.00170312", Kind: Unsubscribed, ListsOnly: true,
			Meaning: "the tenant does not exist: the project has no Workspace (HTTP 400 from lists of users); of a call that names a user, that user is not there",
			Source:  terraform + "resource_huaweicloud_workspace_user.go:191",
		},
		{Code: "WKS.0202", Kind: NotFound, Meaning: "no such object (HTTP 500)", Source: terraform},
		{Code: "WKS.0915", Kind: NotFound, Meaning: "no such object (HTTP 500)", Source: terraform},
		{Code: "APIGW.0101", Kind: NotFound, Meaning: "no such API at this host", Source: gateway},
		{Code: "APIGW.0301", Kind: Unauthorized, Meaning: "key, signature or clock are wrong", Source: gateway + "; cloud-custodian, recorded answers"},
		{Code: "APIGW.0303", Kind: Unauthorized, Meaning: "key or signature are wrong", Source: gateway},
		{Code: "APIGW.0305", Kind: Unauthorized, Meaning: "key or signature are wrong", Source: gateway},
		{Code: "APIGW.0308", Kind: Throttled, Meaning: "over the limit of the API", Source: gateway},
		{Code: "APIGW.0310", Kind: Forbidden, Meaning: "the key has no access to the project", Source: gateway},
		{Code: "APIGW.0401", Kind: Forbidden, Meaning: "access control refuses the source address", Source: gateway},
		{Code: "APIGW.0402", Kind: Forbidden, Meaning: "access control refuses the account", Source: gateway},
	}
}

// kindOfCode returns the kind that the table has for a code of an endpoint, ""
// if it has none.
func kindOfCode(e Endpoint, code string) Kind {
	for _, m := range CodeMeanings() {
		same := m.Code == code
		if digits := gatewayCode(code); digits != "" {
			same = gatewayCode(m.Code) == digits
		}
		if same && (!m.ListsOnly || !e.NamesObject()) {
			return m.Kind
		}
	}
	return ""
}

// NamesObject tells whether the path names an object of the project.
func (e Endpoint) NamesObject() bool {
	return strings.Contains(strings.ReplaceAll(e.Path, "{project_id}", ""), "{")
}
