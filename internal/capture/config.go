package capture

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/workspace-exporter/workspace_exporter/collector"
)

// ReplayEndpoint is where the configuration of a folder expects simulate.
const ReplayEndpoint = "http://localhost:8080"

// config is the configuration that asks for what was recorded: the same
// collectors with the same options, in which names are replaced.
func (c *Capture) config(projects []*project) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `# For an exporter on the recorded answers, which this command serves:
#
#   workspace_exporter simulate --replay=FOLDER
accounts:
  - name: replay
    credentials: {access_key: REPLAY, secret_key: any-key-will-do}
    iam_endpoint: %q
    projects:
`, ReplayEndpoint)
	for i, p := range projects {
		named := c.Manifest.Projects[i]
		fmt.Fprintf(&b, "      - name: %s\n        region: %s\n        project_id: %q\n        endpoint: %q\n        collectors:\n", named.Name, named.Region, named.ID, ReplayEndpoint)
		for _, all := range collector.All() {
			name := all.Spec().Name
			settings := p.config.Collectors[name]
			line := []string{fmt.Sprintf("enabled: %t", settings.Enabled)}
			if settings.Enabled {
				line = append(line, "interval: "+model.Duration(settings.Interval).String())
			}
			for _, o := range all.Spec().Options {
				if value, set := p.options[name][o.Name]; set {
					text, _ := json.Marshal(value) // a text, a number, a switch or a list of texts
					line = append(line, o.Name+": "+string(text))
				}
			}
			fmt.Fprintf(&b, "          %s: {%s}\n", name, strings.Join(line, ", "))
		}
	}
	return []byte(b.String())
}
