package config

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	promconfig "github.com/prometheus/common/config"
)

// endpoint returns a URL as requests are built on: without trailing slash.
func (c *checker) endpoint(at path, text string) string {
	if text == "" {
		return ""
	}
	u, problems := parseURL(text, "https", "http")
	if u != nil {
		if u.Scheme == "http" && !loopback(u.Hostname()) {
			problems = append(problems, "http:// is for loopback hosts only (127.0.0.0/8, ::1, localhost): use https://")
		}
		if u.User != nil {
			problems = append(problems, "a URL with user or password is not accepted here: keys belong under credentials")
		}
		if strings.ContainsAny(text, "?#") {
			problems = append(problems, "remove everything from the ? or # on")
		}
	}
	for _, problem := range problems {
		c.wrong(at, "%s", problem)
	}
	if len(problems) > 0 {
		return ""
	}
	return strings.TrimRight(u.String(), "/")
}

// proxy checks the URL of a proxy, which may have a password.
func (c *checker) proxy(at path, text Secret) promconfig.URL {
	if text == "" {
		return promconfig.URL{}
	}
	const escape = "a password in it must be escaped: %40 for @, %3A for :, %2F for /, %3F for ?, %23 for #, %25 for %"
	u, problems := parseURL(text.Value(), "http", "https", "socks5")
	for _, problem := range problems {
		if strings.Contains(text.Value(), "@") {
			problem += "; " + escape
		}
		c.wrong(at, "%s", problem)
	}
	// What stands behind an unescaped character would be taken for the host.
	if u != nil && (strings.ContainsAny(text.Value(), "?#") || u.Path != "" && u.Path != "/") {
		c.wrong(at, "has a path, query or fragment; %s", escape)
	}
	return promconfig.URL{URL: u}
}

// parseURL returns the URL, or nil, and what is wrong with it. The messages
// of net/url are not used: they quote the text.
func parseURL(text string, schemes ...string) (*url.URL, []string) {
	u, err := url.Parse(text)
	if err != nil || !slices.Contains(schemes, u.Scheme) || u.Hostname() == "" {
		return nil, []string{"not a URL of the form " + schemes[0] + "://host (" + enumeration(schemes) + " are possible)"}
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return u, []string{"the port must be from 1 to 65535"}
		}
	}
	return u, nil
}

// loopback says whether requests to host stay on this machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}
