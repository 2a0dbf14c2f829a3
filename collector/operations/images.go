package operations

import (
	"time"

	"github.com/workspace-exporter/workspace_exporter/apiclient"
	"github.com/workspace-exporter/workspace_exporter/collector/area"
	"github.com/workspace-exporter/workspace_exporter/collector/decode"
)

func imagesArea() area.Collector {
	return area.Declaration[decode.States]{
		Name:     "images",
		Help:     "Images that desktops can be made of.",
		Interval: time.Hour,
		Calls:    []area.Call{area.CallPages(apiclient.ListImages, area.Images)},
		Series:   area.Series(2, nil),
		Fetch: decode.FetchCounts(apiclient.ListImages, "id", func(i image) string { return string(i.ID) },
			"image_type", []string{"gold", "private"}, func(i image) apiclient.Text { return i.Type }),
		Families: []area.Family[decode.States]{decode.StatesFamily("images", "Number of images that desktops can be made of, by type.", "image_type")},
	}
}

// image is an entry of ListImages.
type image struct {
	ID   apiclient.Text `json:"id"`
	Type apiclient.Text `json:"image_type"`
}
