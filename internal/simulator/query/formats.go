package query

// WholeMinuteFormat is the format of times of script executions.
const WholeMinuteFormat = "2006-01-02T15:04:00Z"

// MilliFormat is the format of times with milliseconds.
const MilliFormat = "2006-01-02T15:04:05.000Z"

// Time formats of query parameters (API reference).
const (
	SecondFormat = "2006-01-02T15:04:05Z"
	MinuteFormat = "2006-01-02T15:04Z"
)
