package apiclient

// Endpoint is one row of the catalogue: one operation of the Workspace API
// and everything about it that does not change while the exporter runs.
type Endpoint struct {
	// Operation is the SDK's name of the operation; it is the `api` label.
	Operation string
	Method    string
	// Path is the template; {project_id} and other members in braces are
	// filled in for each request. The budget is keyed by Method and Path.
	Path string
	// Limit is the published number of calls a minute per user.
	Limit int
	// Assumed says that Limit is not in the published table.
	Assumed bool
	// Page tells how the list is paged; the zero value means one answer.
	Page Paging
	// Action is the IAM action the call needs, "" where no page confirms one.
	Action string
	// Needs are the further IAM actions that the page of the operation lists,
	// separated by blanks.
	Needs string
}

// Paging describes how one operation cuts its list into pages (API
// reference).
type Paging struct {
	// Items is the JSON member that holds the array.
	Items string
	// Total is the JSON member that holds the number of records, "" if none.
	Total string
	// Size is the page size asked for: the documented maximum.
	Size int
	// MaxOffset is the documented ceiling of offset, 0 if there is none.
	MaxOffset int
	// Marker is the member of an item that asks for the page after it; ""
	// means paging by offset.
	Marker string
}
