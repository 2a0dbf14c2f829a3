package world

func catalogueOfProducts() []*Product {
	return []*Product{
		{ID: "workspace.x86.ultimate.large2", PackageType: "ultimate", Architecture: "x86", CPU: 2, Memory: 4096, Disk: 80},
		{ID: "workspace.x86.ultimate.xlarge2", PackageType: "ultimate", Architecture: "x86", CPU: 4, Memory: 8192, Disk: 80, Data: 50},
		{ID: "workspace.x86.enterprise.2xlarge2", PackageType: "enterprise", Architecture: "x86", CPU: 8, Memory: 16384, Disk: 120, Data: 100, Prepaid: true},
		{ID: "workspace.kunpeng.general.large4", PackageType: "general", Architecture: "arm64", CPU: 4, Memory: 16384, Disk: 80},
		{ID: "workspace.x86.workstation.4xlarge4", PackageType: "workstation", Architecture: "x86", CPU: 16, Memory: 65536, Disk: 200, Data: 500, GPU: true},
	}
}

func catalogueOfImages() []*Image {
	return []*Image{
		{ID: "image-win10", Name: "win10-office", OSType: "Windows", Version: "Windows 10"},
		{ID: "image-win11", Name: "win11-office", OSType: "Windows", Version: "Windows 11"},
		{ID: "image-ws2019", Name: "server-2019", OSType: "Windows", Version: "Windows Server 2019"},
		{ID: "image-ubuntu", Name: "ubuntu-2204", OSType: "Linux", Version: "Ubuntu 22.04"},
	}
}

func sitesOf(region string) []*Site {
	return []*Site{
		{ID: "s-center", Name: "center", Kind: "CENTER", Zones: []string{region + "a", region + "b", region + "c"}},
		{ID: "s-edge1", Name: "edge-1", Kind: "IES", Zones: []string{region + "-ies1"}},
		{ID: "s-edge2", Name: "edge-2", Kind: "IES", Zones: []string{region + "-ies2"}},
	}
}
