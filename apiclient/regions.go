package apiclient

import (
	"regexp"
	"strings"
)

// Region is a row of the table of regions: where its hosts are, and how that
// is known.
type Region struct {
	// ID is the region id. An x in it stands for a digit.
	ID string
	// Cloud is the site that an account belongs to.
	Cloud Cloud
	// IAM and Workspace are base URLs; {region} stands for the id.
	IAM, Workspace string
	// OtherWorkspace is a base URL that another source has, "" if there is none.
	OtherWorkspace string
	// Listed says that the SDK has a Workspace endpoint for the region.
	Listed bool
	// Evidence names the sources.
	Evidence string
}

// Cloud is one of the sites, each with accounts of its own.
type Cloud string

// The sites. A region of none of them is taken for a private cloud.
const (
	China         Cloud = "China"
	International Cloud = "international"
	Europe        Cloud = "Europe"
	Private       Cloud = "private"
)

const (
	globalIAM         = "https://iam.myhuaweicloud.com"
	regionalIAM       = "https://iam.{region}.myhuaweicloud.com"
	regionalWorkspace = "https://workspace.{region}.myhuaweicloud.com"

	inIAM       = "IAM: SDK v0.1.207 core/auth/internal/iam_endpoint.go"
	inNoIAM     = "IAM: in no table of SDK v0.1.207, so the global host"
	inWorkspace = "Workspace: SDK v0.1.207 services/workspace/v2/region/region.go"
	byPattern   = "Workspace: by the pattern of the others, in no table of SDK v0.1.207"
	inBoth      = inIAM + "; " + inWorkspace
	noWorkspace = inIAM + "; " + byPattern
)

// Regions is the one table of regions. What it lacks is looked up by
// RegionOf.
func Regions() []Region {
	return []Region{
		{ID: "cn-east-3", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "cn-east-5", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "cn-north-11", Cloud: China, IAM: globalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inNoIAM + "; " + inWorkspace},
		{ID: "cn-north-4", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "cn-north-9", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "cn-south-1", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "cn-southwest-2", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "cn-east-2", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "cn-east-4", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "cn-north-1", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "cn-north-12", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "cn-north-2", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "cn-south-2", Cloud: China, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},

		{ID: "af-north-1", Cloud: International, IAM: globalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inNoIAM + "; " + inWorkspace},
		{ID: "af-south-1", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "ap-southeast-1", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "ap-southeast-2", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "ap-southeast-3", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "la-north-2", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "la-south-2", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "me-east-1", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "sa-brazil-1", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "tr-west-1", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Listed: true, Evidence: inBoth},
		{ID: "ae-ad-1", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "ap-southeast-4", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "eu-west-0", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "my-kualalumpur-1", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "na-mexico-1", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},
		{ID: "ru-moscow-1", Cloud: International, IAM: regionalIAM, Workspace: regionalWorkspace, Evidence: noWorkspace},

		{
			ID: "eu-west-1xx", Cloud: Europe, IAM: "https://iam.{region}.myhuaweicloud.eu", Listed: true,
			Workspace: regionalWorkspace, OtherWorkspace: "https://workspace.{region}.myhuaweicloud.eu",
			Evidence: "IAM: SDK v0.1.207 services/iam/v3/region/region.go (eu-west-101), and terraform-provider-huaweicloud a0345b8dcc provider.go, which has .eu for every eu-west-1* region and service; " + inWorkspace + " (eu-west-101, under .com)",
		},
	}
}

// RegionOf returns the row of a region. What the table lacks has the global
// IAM and a Workspace host by the pattern of the others.
func RegionOf(id string) Region {
	for _, r := range Regions() {
		if r.matches(id) {
			return r.named(id)
		}
	}
	return Region{ID: id, Cloud: Private, IAM: globalIAM, Workspace: regionalWorkspace, Evidence: "in no table"}.named(id)
}

func (r Region) matches(id string) bool {
	if r.ID == id {
		return true
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta(r.ID), "x", "[0-9]")
	return strings.HasSuffix(r.ID, "xx") && regexp.MustCompile("^"+pattern+"$").MatchString(id)
}

// named fills in the id.
func (r Region) named(id string) Region {
	fill := func(url string) string { return strings.ReplaceAll(url, "{region}", id) }
	r.ID, r.IAM, r.Workspace, r.OtherWorkspace = id, fill(r.IAM), fill(r.Workspace), fill(r.OtherWorkspace)
	return r
}

// HostAdvice says what may be wrong when a host of a region cannot be reached
// or has no such API, "" if nothing more is known. endpoint is the one in use.
func HostAdvice(region, endpoint string) string {
	r := RegionOf(region)
	switch {
	case endpoint != r.Workspace && endpoint != r.IAM:
		return "" // configured
	case endpoint == r.Workspace && r.OtherWorkspace != "":
		return "sources disagree on the host of this region: try endpoint: " + r.OtherWorkspace
	case endpoint == r.IAM && r.Cloud == Private:
		return "region " + region + " is in no table of regions: check its spelling, or set iam_endpoint or project_id"
	case r.Cloud == Private:
		return "region " + region + " is in no table of regions: check its spelling, or set endpoint if it is a private cloud's"
	case endpoint == r.Workspace && !r.Listed:
		return "the SDK has no Workspace endpoint for region " + region + ": the service may not exist there"
	}
	return ""
}
