package inventory

import (
	"context"
	"net/url"
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

// terminalBindings tell how terminals are bound to desktops.
type terminalBindings struct {
	Enabled  apiclient.Number `json:"enabled"`
	Auto     apiclient.Number `json:"auto"`
	AutoMost apiclient.Number `json:"auto_most"`
	Bindings apiclient.Number `json:"bindings"`
}

func terminalBindingsArea() area.Collector {
	return area.Declaration[terminalBindings]{
		Name:     "terminal_bindings",
		Help:     "Binding of terminals to desktops: whether it is on, and how many there are.",
		Interval: time.Hour,
		Calls:    []area.Call{area.Once(apiclient.ListTerminalsBindingDesktopsConfig), area.Once(apiclient.ListTerminalsBindingDesktops)},
		Series:   area.Series(4, nil),
		Fetch:    fetchTerminalBindings,
		Families: []area.Family[terminalBindings]{
			{
				Name: "terminal_bindings",
				Help: "Number of terminals that are bound to a desktop.",
				Type: area.Gauge,
				Map:  func(t terminalBindings, put area.Put) { put.Number(t.Bindings) },
			},
			{
				Name: "terminal_binding_enabled",
				Help: "Whether bindings are enforced (1): then a desktop accepts its bound terminals only.",
				Type: area.Gauge,
				Map:  func(t terminalBindings, put area.Put) { put.Number(t.Enabled) },
			},
			{
				Name: "terminal_auto_binding_enabled",
				Help: "Whether a terminal is bound to a desktop at its first logon (1).",
				Type: area.Gauge,
				Map:  func(t terminalBindings, put area.Put) { put.Number(t.Auto) },
			},
			{
				Name: "terminal_auto_binding_max_terminals",
				Help: "Number of terminals that are bound to a desktop by themselves at most; users with more cannot log on from the others.",
				Type: area.Gauge,
				Map:  func(t terminalBindings, put area.Put) { put.Number(t.AutoMost) },
			},
		},
	}
}

func fetchTerminalBindings(ctx context.Context, in area.Input, _ terminalBindings) (terminalBindings, error) {
	config, err := decode.Get[struct {
		Enabled  apiclient.Text   `json:"tc_bind_switch" sent:"always"`
		Auto     apiclient.Text   `json:"tc_auto_bind_switch"`
		AutoMost apiclient.Number `json:"tc_auto_bind_max"`
	}](ctx, in, apiclient.Request{Endpoint: apiclient.ListTerminalsBindingDesktopsConfig})
	if err != nil {
		return terminalBindings{}, err
	}
	t := terminalBindings{Enabled: decode.Switch(config.Enabled), Auto: decode.Switch(config.Auto), AutoMost: config.AutoMost}
	list, err := decode.Get[struct {
		Total apiclient.Number `json:"total_num" sent:"always"`
	}](ctx, in, apiclient.Request{
		Endpoint: apiclient.ListTerminalsBindingDesktops,
		Query:    url.Values{"count_only": {"true"}, "offset": {"0"}, "limit": {"1"}},
	})
	if err != nil {
		return terminalBindings{}, err
	}
	t.Bindings = list.Total
	return t, nil
}
