package capture

import (
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// decision is what becomes of a value.
type decision int

const (
	replaceIt decision = iota // unless something below says otherwise
	keepIt
	// secretIt is replaced however harmless it looks.
	secretIt
)

// keeper is a row of the table of what is kept: strings of some members, if
// they have the shape. What no row names is replaced.
type keeper struct {
	members []string // names of members; "*_type" is every name that ends so
	shape   *regexp.Regexp
	// known asks for words that the API uses, and no other.
	known bool
	why   string
}

var (
	// No enumeration has a blank, an at sign or a run of five digits, as names
	// and phone numbers have.
	enumeration = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,29}([_-][A-Za-z0-9]{1,20}){0,6}$`)
	phrase      = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,15}([ ._/-][A-Za-z0-9.()]{1,12}){0,4}$`)
	apiName     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$`)
	errorCode   = regexp.MustCompile(`^([A-Z]{2,16}\.[0-9]{1,12}|-?[0-9]{1,6}|0x[0-9A-Fa-f]{1,8})$`)
	shortUnit   = regexp.MustCompile(`^ ?[%A-Za-z/]{1,3} ?$`)
	unitName    = regexp.MustCompile(`^ ?[A-Za-z/]{1,12} ?$`)
	versionText = regexp.MustCompile(`^[vV]?[0-9]{1,4}([._+-][0-9A-Za-z]{1,8}){0,6}$`)
	regionName  = regexp.MustCompile(`^(ap|cn|eu|af|la|sa|na|ae|my|ru|tr|me|us|uk|ie)-(north|south|east|west|northeast|northwest|southeast|southwest|moscow|kualalumpur|mexico|brazil|ad)-?[0-9]{1,3}[a-z]?$`)
	productCode = regexp.MustCompile(`^[a-z][a-z0-9]{0,15}([._-][a-z0-9]{1,16}){1,6}$`)
	zoneName    = regexp.MustCompile(`^([A-Z][A-Za-z_]{1,20}(/[A-Z][A-Za-z_-]{1,20}){1,2}|(GMT|UTC)?([+-][0-9]{1,2}(:?[0-9]{2})?)?|Z|Local)$`)
	hourCount   = regexp.MustCompile(`^[0-9T:. Z/-]{1,24}:[ ]?[0-9]{1,7}$`)
	comparison  = regexp.MustCompile(`^[<>=!~]{1,2}$`)
	serviceName = regexp.MustCompile(`^[A-Z]{2,6}\.[A-Za-z]{2,20}$`)
	hostFamily  = regexp.MustCompile(`^[a-z]{1,3}[0-9]{1,2}[a-z]{0,3}$`)
	percentage  = regexp.MustCompile(`^[0-9.]{1,6}%$`)
	smallNumber = regexp.MustCompile(`^[0-9]{1,2}$`)
)

// keepers is the table. Rows are tried in order.
func keepers() []keeper {
	return []keeper{
		{[]string{"status", "state", "*_status", "*_state", "type", "*_type", "mode", "*_mode", "level", "*_level", "result", "stage", "scene", "category",
			"*_switch", "use_up_policy", "platform", "architecture", "select", "direction", "protocol"},
			enumeration, true, "states, types, modes and levels are enumerations of the API, and labels of metrics"},
		{[]string{"type"}, serviceName, true, "types of alarms"},
		{[]string{"host_type"}, hostFamily, false, "families of hosts"},
		{[]string{"terminal_type", "os_type", "os_version", "client_type", "image_os_type"}, phrase, true, "names of operating systems, with blanks"},
		{[]string{"unit", "*_unit"}, shortUnit, false, "units of quotas and alarms"},
		{[]string{"unit", "*_unit"}, unitName, true, "the longer ones"},
		{[]string{"error_code", "code", "connection_failure_reason", "fail_code"}, errorCode, false, "codes of errors, which metrics tell apart; texts are not codes"},
		{[]string{"error_code", "connection_failure_reason", "event_id"}, apiName, true, "names of errors"},
		{[]string{"version", "*_version"}, versionText, false, "versions of agents, clients and images"},
		{[]string{"agent_name", "metric_name", "metric_names", "metric", "dim_form", "sort_field", "filter", "static_type"}, apiName, true,
			"names that the API gives to agents, metrics and aggregations"},
		{[]string{"availability_zone", "availability_zone_id", "availability_zones", "region", "region_id", "name"}, regionName, false,
			"regions and zones are those of the provider; those of edge sites have other names and are replaced"},
		{[]string{"product_id", "products", "resource_spec_code", "flavor_id", "*_spec_code", "spec_code", "metering.resourcespeccode", "cloud_service_type", "resource_type"}, productCode, true, "what is sold: codes of the price list"},
		{[]string{"spec"}, smallNumber, false, "sizes of gateways by number"},
		{[]string{"time_zone"}, zoneName, false, "zones of scheduled tasks, without which their times mean nothing"},
		{[]string{"time_counts"}, hourCount, false, "a time with a number of users"},
		{[]string{"comparison_operator"}, comparison, false, "operators of alarm rules"},
		{[]string{"namespace"}, serviceName, true, "the service whose metric an alarm is about"},
		{[]string{"period", "trend_period", "grow_period", "sort_dir", "stat_period"}, enumeration, true, "how statistics are asked for"},
		{[]string{"progress", "*_rate", "percent"}, percentage, false, "percentages"},
	}
}

// mainSite is the id by which every project calls its main site.
const mainSite = "center"

var (
	// secretWords make a member secret.
	secretWords = []string{"password", "passwd", "pwd", "token", "secret", "ak", "sk", "auth", "signature", "credential", "credentials",
		"passphrase", "pin", "captcha", "otp", "cookie", "license", "salt", "cipher", "private", "verification"}
	// personalWords make a member personal, also its numbers and times.
	personalWords = []string{"phone", "mobile", "telephone", "tel", "fax", "mail", "email", "passport", "birth", "birthday", "employee",
		"staff", "person", "idcard", "ssn"}
	// identityWords at the end of a member name it an id or a name.
	identityWords = []string{"id", "ids", "uuid", "name", "names", "username", "user", "users", "account", "host", "hostname", "ip", "ips", "no", "number",
		"code", "key", "sid", "address", "addresses", "mac", "serial", "card", "contact", "contacts", "identity", "tag", "tags", "description", "remark", "reason", "message", "urn", "url"}
	// countingWords make the numbers of a member counts, sizes and shares.
	countingWords = []string{"num", "count", "counts", "total", "totals", "size", "used", "usage", "use", "rate", "ratio", "quota", "quotas", "limit", "duration",
		"period", "interval", "memory", "mem", "cpu", "cpus", "vcpu", "vcpus", "cores", "core", "gpu", "disk", "disks", "bytes", "byte", "capacity", "available",
		"remain", "remaining", "remainder", "free", "day", "days", "hour", "hours", "minute", "minutes", "second", "seconds", "max", "min", "most", "least", "average", "avg", "sum", "variance",
		"threshold", "value", "level", "priority", "progress", "percent", "percentage", "status", "state", "type", "mode", "switch", "flag", "offset",
		"page", "index", "weight", "bandwidth", "rtt", "latency", "delay", "loss", "traffic", "width", "height", "quantity", "frequency", "growth",
		"idle", "running", "stopped", "enabled", "disabled", "matched", "in", "half", "desktops", "sockets", "sold", "overlap", "share"}
	// timeWords make the numbers of a member times.
	timeWords = []string{"time", "timestamp", "date", "at", "expire", "expires", "expired", "expiry", "begin", "end", "start", "before", "after", "created",
		"updated", "day", "since", "until", "next", "last", "now"}
	// byteWords allow counts that are longer than a phone number.
	byteWords = []string{"memory", "mem", "bytes", "byte", "size", "traffic", "capacity", "disk", "average", "variance"}
)

func anyWord(words, list []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
}

// isSecret tells whether a member holds a secret by its name.
func isSecret(member string) bool { return anyWord(splitWords(member), secretWords) }

// decider decides by name, shape and length.
type decider struct {
	table []keeper
	known map[string]bool
}

// text decides about a string.
func (d decider) text(member, s string) decision {
	trimmed := strings.TrimSpace(s)
	words := splitWords(member)
	switch {
	case trimmed == "", isBoolean(trimmed):
		return keepIt
	case isSecret(member):
		return secretIt
	case trimmed == "0", trimmed == "-", trimmed == "*":
		return keepIt
	case anyWord(words, personalWords):
		return replaceIt
	case member == "site_id" && strings.EqualFold(trimmed, mainSite), member == "site_name" && strings.EqualFold(trimmed, mainSite):
		return keepIt
	case isNumeric(trimmed):
		// As ids are joined by their text, numbers in strings follow the rule
		// for numbers, and codes the table.
		if d.number(member, trimmed) == keepIt {
			return keepIt
		}
	case isTime(trimmed) && anyWord(words, timeWords):
		return keepIt
	}
	if a, err := netip.ParseAddr(trimmed); err == nil && (a.IsPrivate() || a.IsLoopback() || a.Is6()) {
		return replaceIt // and no version
	}
	for _, row := range d.table {
		if row.names(member) && row.shape.MatchString(s) && !isHexID(trimmed) && (!row.known || public(d.known, trimmed)) {
			return keepIt
		}
	}
	return replaceIt
}

// jsonNumber decides about what JSON has as a number. ListInconsistentStatics
// counts desktops under names that are ids elsewhere, where they are texts.
func (d decider) jsonNumber(member, text string) decision {
	if v, err := strconv.ParseFloat(text, 64); err == nil && v < 1e6 && (member == "image_id" || member == "product_id") {
		return keepIt
	}
	return d.number(member, text)
}

// number decides about a number, as it is written.
func (d decider) number(member, text string) decision {
	words := splitWords(member)
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return replaceIt
	case isSecret(member):
		if v == 0 || v == 1 { // a switch about a secret
			return keepIt
		}
		return secretIt
	case anyWord(words, personalWords):
		return replaceIt
	case v == 0:
		return keepIt
	case member == "available_ip": // the number of them
		return keepIt
	case len(words) > 0 && slices.Contains(identityWords, words[len(words)-1]):
		return replaceIt
	case isUnixTime(v) && anyWord(words, timeWords):
		return keepIt
	case math.Abs(v) < 10:
		return keepIt
	case !anyWord(words, countingWords) && !anyWord(words, timeWords):
		return replaceIt
	case v == math.Trunc(v) && math.Abs(v) >= 1e9 && !anyWord(words, byteWords):
		return replaceIt // as long as a phone number
	case v == math.Trunc(v) && math.Abs(v) >= 1e6 && member == "value":
		return replaceIt // a value of whatever it is
	default:
		return keepIt
	}
}

// names tells whether the row is about a member.
func (k keeper) names(member string) bool {
	return slices.ContainsFunc(k.members, func(name string) bool {
		suffix, ends := strings.CutPrefix(name, "*")
		return member == name || ends && strings.HasSuffix(member, suffix)
	})
}

func isBoolean(s string) bool {
	switch strings.ToLower(s) {
	case "true", "false", "on", "off", "yes", "no", "null", "none", "nil", "n/a", "enable", "disable", "enabled", "disabled":
		return true
	}
	return false
}

var numeric = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)

func isNumeric(s string) bool { return numeric.MatchString(s) }

// isUnixTime takes seconds and milliseconds of the years 2001 to 2100.
func isUnixTime(v float64) bool { return v >= 1e9 && v < 4.2e9 || v >= 1e12 && v < 4.2e12 }

// hexID is an id that might be taken for a word, such as deadbeef.
var hexID = regexp.MustCompile(`^[0-9a-fA-F-]{8,}$`)

func isHexID(s string) bool { return hexID.MatchString(s) && strings.ContainsAny(s, "0123456789") }

// timeFormats are those that the API writes (apiclient.Time), numbers aside.
var timeFormats = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 GMT-07:00", "2006-01-02 15:04", "2006-01-02", "15:04:05", "15:04",
}

func isTime(s string) bool {
	if len(s) < len("15:04") || s[0] < '0' || s[0] > '9' {
		return false
	}
	return slices.ContainsFunc(timeFormats, func(format string) bool {
		at, err := time.Parse(format, s)
		return err == nil && (at.Year() == 0 || at.Year() >= 2000 && at.Year() < 2200)
	})
}
