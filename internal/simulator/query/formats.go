package query

// Formats of times in parameters and answers (API reference).
const (
	SecondFormat = "2006-01-02T15:04:05Z"
	MinuteFormat = "2006-01-02T15:04Z"
	MilliFormat  = "2006-01-02T15:04:05.000Z"
	// WholeMinuteFormat is that of script executions.
	WholeMinuteFormat = "2006-01-02T15:04:00Z"
)
