variable "name" {
  description = "Name of the user, its group and the prefix of its policies."
  type        = string
  default     = "workspace-exporter"
}

variable "regions" {
  description = "Regions whose Workspace is read."
  type        = list(string)

  validation {
    condition     = length(var.regions) > 0
    error_message = "Name one region at least."
  }
}

variable "policies" {
  description = "Groups of collectors: core, usage, inventory and operations, or all."
  type        = list(string)
  default     = ["all"]

  validation {
    condition     = alltrue([for p in var.policies : contains(["core", "usage", "inventory", "operations", "all"], p)])
    error_message = "Policies are core, usage, inventory, operations and all."
  }
}

variable "secret_file" {
  description = "File that the access key is written to, as CSV."
  type        = string
  default     = "credentials.csv"
}
