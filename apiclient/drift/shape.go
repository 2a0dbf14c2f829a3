package drift

import (
	_ "embed"
	"encoding/json"
)

//go:embed model.json
var modelText []byte

// Model is what the official SDK says of each answer that we read.
type Model struct {
	// SDK is the version that it was read from.
	SDK string `json:"sdk"`
	// Answers are the shapes by operation.
	Answers map[string]*Shape `json:"answers"`
}

// Kinds of JSON values in a Shape. Whatever stands for a value of any kind.
const (
	Object   = "object"
	List     = "list"
	Map      = "map"
	String   = "string"
	Integer  = "integer"
	Float    = "number"
	Boolean  = "boolean"
	Whatever = "any"
)

// Shape is what a JSON value may be.
type Shape struct {
	Type string `json:"type"`
	// Members are those of an object.
	Members map[string]*Shape `json:"members,omitempty"`
	// Entry is the shape of those of a list or a map.
	Entry *Shape `json:"entry,omitempty"`
	// Values are those of an enumeration; none means any.
	Values []string `json:"values,omitempty"`
	// Mandatory says that the SDK has the member in every object.
	Mandatory bool `json:"mandatory,omitempty"`
	// Read says that a collector reads the member, Always that it counts on it
	// in every object (the tag `sent:"always"`).
	Read   bool `json:"read,omitempty"`
	Always bool `json:"always,omitempty"`

	// The rest comes from the table of additions.

	// kinds are further ones that were seen.
	kinds []string
	// anyCase takes values of the enumeration in any case.
	anyCase bool
	// optional says that the member may be absent for good.
	optional bool
}

// NewModel reads the generated model and applies the additions.
func NewModel() (*Model, error) {
	var m Model
	if err := json.Unmarshal(modelText, &m); err != nil {
		return nil, err
	}
	for _, a := range additions() {
		a.apply(&m)
	}
	return &m, nil
}

// certain tells whether the member comes in every object, so that one answer
// without it says enough.
func (s *Shape) certain() bool { return s.Always || s.Read && s.Mandatory }

// scalar tells whether the value is neither an object nor a list.
func (s *Shape) scalar() bool { return s.Type != Object && s.Type != List && s.Type != Map }
