package dashboards

import (
	"strconv"

	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/heatmap"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// drawing is how a panel looks: what is common to all kinds, and the options
// of its own.
func drawing(p Panel) (dashboard.FieldConfigSource, any) {
	config := dashboard.FieldConfigSource{
		Defaults: dashboard.FieldConfig{
			Unit: &p.Unit, NoValue: pointer(noValue(p)), Min: p.Min, Max: p.Max,
			Color:      &dashboard.FieldColor{Mode: dashboard.FieldColorModeIdThresholds},
			Thresholds: thresholds(p.Below, p.Steps),
			Mappings:   mappings(p.Values),
		},
		Overrides: []dashboard.DashboardFieldConfigSourceOverrides{},
	}
	switch p.Kind {
	case Stat:
		return config, statOptions(p)
	case Bars:
		options := bargauge.NewOptions()
		options.DisplayMode = common.BarGaugeDisplayModeBasic
		options.Orientation = common.VizOrientationHorizontal
		options.ReduceOptions = last()
		return config, options
	case Table:
		config.Defaults.Custom = table.FieldConfig{Align: common.FieldTextAlignmentAuto, Filterable: pointer(true)}
		config.Overrides = overrides(p)
		return config, tableOptions(p)
	case Heatmap:
		return config, heatmapOptions(p)
	case StateTimeline:
		config.Defaults.Custom = statetimeline.FieldConfig{FillOpacity: pointer(uint32(70)), LineWidth: pointer(uint32(0))}
		options := statetimeline.NewOptions()
		options.ShowValue = common.VisibilityModeNever
		options.Legend = common.VizLegendOptions{DisplayMode: common.LegendDisplayModeList, Placement: common.LegendPlacementBottom, Calcs: []string{}}
		options.Tooltip = common.VizTooltipOptions{Mode: common.TooltipDisplayModeSingle, Sort: common.SortOrderNone}
		return config, options
	default:
		config.Defaults.Color.Mode = dashboard.FieldColorModeIdPaletteClassic
		config.Defaults.Custom = graph(p)
		return config, graphOptions()
	}
}

// last takes the newest value, and leaves out what is no number.
func last() common.ReduceDataOptions {
	return common.ReduceDataOptions{Calcs: []string{"lastNotNull"}, Fields: pointer(""), Values: pointer(false)}
}

func statOptions(p Panel) *stat.Options {
	options := stat.NewOptions()
	options.GraphMode = common.BigValueGraphModeNone
	options.ReduceOptions = last()
	if p.Below != neutral {
		options.ColorMode = common.BigValueColorModeBackground
	}
	if len(p.Queries) > 1 {
		options.TextMode = common.BigValueTextModeValueAndName
	}
	return options
}

func tableOptions(p Panel) *table.Options {
	options := table.NewOptions()
	options.Footer = nil
	if p.SortBy != "" {
		options.SortBy = []common.TableSortByFieldState{{DisplayName: p.SortBy, Desc: pointer(true)}}
	}
	return options
}

func heatmapOptions(p Panel) *heatmap.Options {
	options := heatmap.NewOptions()
	options.Color.Mode = pointer(heatmap.HeatmapColorModeScheme)
	options.YAxis.Unit = &p.Unit
	options.CellValues = &heatmap.CellValues{Unit: pointer("short")}
	options.Tooltip = heatmap.HeatmapTooltip{Mode: common.TooltipDisplayModeSingle, YHistogram: pointer(true)}
	return options
}

func graph(p Panel) timeseries.FieldConfig {
	config := timeseries.FieldConfig{
		DrawStyle: pointer(common.GraphDrawStyleLine), LineWidth: number(1), FillOpacity: number(10),
		ShowPoints: pointer(common.VisibilityModeNever), AxisSoftMin: number(0),
	}
	if p.Kind == Stacked {
		config.FillOpacity = number(60)
		config.Stacking = &common.StackingConfig{Mode: pointer(common.StackingModeNormal), Group: pointer("A")}
	}
	if len(p.Steps) > 0 {
		config.ThresholdsStyle = &common.GraphThresholdsStyleConfig{Mode: common.GraphThresholdsStyleModeDashed}
	}
	return config
}

func graphOptions() *timeseries.Options {
	return &timeseries.Options{
		Legend: common.VizLegendOptions{
			DisplayMode: common.LegendDisplayModeTable, Placement: common.LegendPlacementBottom, ShowLegend: true,
			Calcs: []string{"lastNotNull", "mean", "max"}, SortBy: pointer("Last *"), SortDesc: pointer(true),
		},
		Tooltip: common.VizTooltipOptions{Mode: common.TooltipDisplayModeMulti, Sort: common.SortOrderDescending},
	}
}

func thresholds(below Color, steps []Step) *dashboard.ThresholdsConfig {
	if below == "" {
		below = good
	}
	config := &dashboard.ThresholdsConfig{Mode: dashboard.ThresholdsModeAbsolute, Steps: []dashboard.Threshold{{Color: string(below)}}}
	for _, s := range steps {
		config.Steps = append(config.Steps, dashboard.Threshold{Value: number(s.From), Color: string(s.Color)})
	}
	return config
}

func mappings(values []Value) []dashboard.ValueMapping {
	if len(values) == 0 {
		return nil
	}
	options := map[string]dashboard.ValueMappingResult{}
	for i, v := range values {
		options[strconv.FormatFloat(v.Value, 'f', -1, 64)] = dashboard.ValueMappingResult{
			Text: pointer(v.Text), Color: pointer(string(v.Color)), Index: pointer(int32(i)),
		}
	}
	return []dashboard.ValueMapping{{ValueMap: &dashboard.ValueMap{Type: dashboard.MappingTypeValueToText, Options: options}}}
}
