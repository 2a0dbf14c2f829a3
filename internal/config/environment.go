package config

import (
	"strings"
)

// Variables of the Huawei Cloud SDK, and the region, for which it has none.
const (
	envAccessKey      = "HUAWEICLOUD_SDK_AK"
	envSecretKey      = "HUAWEICLOUD_SDK_SK"
	envProjectID      = "HUAWEICLOUD_SDK_PROJECT_ID"
	envRegion         = "HUAWEICLOUD_REGION"
	envIAMEndpoint    = "HUAWEICLOUD_SDK_IAM_ENDPOINT"
	envEndpointPrefix = "HUAWEICLOUD_SDK_REGION_WORKSPACE_"
)

// Variable is an environment variable that the program reads.
type Variable struct {
	Name string
	// For says when it is read, Help what it is.
	For, Help string
}

// Variables returns all of them, for the documentation.
func Variables() []Variable {
	const keys, project = "a start without a file, and `source: environment`", "a start without a file"
	return []Variable{
		{envAccessKey, keys, "Access key (AK)."},
		{envSecretKey, keys, "Secret key (SK)."},
		{"HUAWEICLOUD_SDK_SECURITY_TOKEN", keys, "Security token, with temporary keys only."},
		{envRegion, project, "Region id, for example ap-southeast-3."},
		{envProjectID, project, "Project id; asked from IAM if it is not set."},
		{envIAMEndpoint, project, "URL of IAM; that of the region if it is not set."},
		{envEndpointPrefix + "<REGION>", project, "URL of the Workspace API in the region, written AP_SOUTHEAST_3; of a list, the first."},
		{"HUAWEICLOUD_SDK_CREDENTIALS_FILE", "`source: profile`", "The profile file; ~/.huaweicloud/credentials if it is not set."},
		{"HTTPS_PROXY", "calls of the API and IAM, and Alertmanagers with `proxy_from_environment`", "URL of the proxy, unless `proxy_url` is given."},
		{"NO_PROXY", "the same", "Hosts, domains and networks that are reached without it."},
		{"GOMEMLIMIT", "all commands, by Go", "Memory to keep below, for example 400MiB; in a container set it a tenth below the limit."},
		{"GOMAXPROCS", "all commands, by Go", "How many CPUs are used; that of the container's limit if it is not set."},
	}
}

// FromEnvironment makes a configuration of one project without a file: from
// HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and HUAWEICLOUD_REGION, and if set
// HUAWEICLOUD_SDK_SECURITY_TOKEN, HUAWEICLOUD_SDK_PROJECT_ID,
// HUAWEICLOUD_SDK_IAM_ENDPOINT and HUAWEICLOUD_SDK_REGION_WORKSPACE_<REGION>,
// an endpoint (of a list, the first). The error is of type Errors; its keys
// are names of variables.
func FromEnvironment(schema Schema, env func(string) string) (*Config, error) {
	region := env(envRegion)
	envEndpoint := envEndpointPrefix + strings.ToUpper(strings.ReplaceAll(region, "-", "_"))
	endpoint, _, _ := strings.Cut(env(envEndpoint), ",")

	account := path{}.key("accounts").index(0)
	project := account.key("projects").index(0)
	p := newProblems("environment")
	p.variables = map[string]string{
		account.key("credentials").key("source").id: envAccessKey,
		account.key("iam_endpoint").id:              envIAMEndpoint,
		project.key("region").id:                    envRegion,
		project.key("project_id").id:                envProjectID,
		project.key("endpoint").id:                  envEndpoint,
	}
	var missing []string
	for _, required := range []struct {
		variable string
		key      path
	}{{envAccessKey, account.key("credentials")}, {envSecretKey, account.key("credentials")}, {envRegion, project.key("region")}} {
		if env(required.variable) == "" && (required.variable == envRegion || !schema.Offline) {
			missing = append(missing, required.variable)
			p.failed[required.key.id] = true
		}
	}
	if len(missing) > 0 {
		p.add(path{}, 0, "not set: %s; set what is missing, or pass --config.file, or try --demo", enumeration(missing))
	}
	f := defaults()
	f.Accounts = []fileAccount{{
		Credentials: fileCredentials{Source: fromEnvironment},
		IAMEndpoint: env(envIAMEndpoint),
		Projects:    []fileProject{{Region: region, ProjectID: env(envProjectID), Endpoint: strings.TrimSpace(endpoint)}},
	}}
	return newChecker(p, "", schema, env).config(f)
}
