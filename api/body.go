package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"rung"
)

// mergePatch is the media type of RFC 7396.
const mergePatch = "application/merge-patch+json"

// readJSON decodes the request's body into v, strictly. What it gives holds nothing of the request's memory.
func readJSON(c *fiber.Ctx, v any) error {
	if err := wantMedia(c, fiber.MIMEApplicationJSON); err != nil {
		return err
	}
	return decodeStrict(c.Body(), v)
}

// wantMedia refuses a body whose declared media type is none of the given ones.
func wantMedia(c *fiber.Ctx, types ...string) error {
	declared := c.Get(fiber.HeaderContentType)
	if declared == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(declared)
	if err != nil || !slices.Contains(types, media) {
		return fiber.NewError(fiber.StatusUnsupportedMediaType, "content type \""+strings.ToValidUTF8(declared, "?")+"\" is not "+strings.Join(types, " or "))
	}
	return nil
}

// decodeStrict reads exactly one JSON value of v's type: unknown fields and anything after it are errors.
func decodeStrict(body []byte, v any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return rung.Errorf(rung.CodeInvalid, "send a JSON object", "request body is empty")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return bodyError(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return rung.Errorf(rung.CodeInvalid, "send one JSON object", "request body has more after its JSON value")
	}
	return nil
}

// bodyError says in the API's words what encoding/json found.
func bodyError(err error) error {
	const hint = "see /openapi.json for the fields"
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return rung.Errorf(rung.CodeInvalid, hint, "field %q: a JSON %s does not fit, it wants %s", kind.Field, kind.Value, jsonName(kind.Type.Kind().String()))
	case errors.As(err, &kind):
		return rung.Errorf(rung.CodeInvalid, "send a JSON object", "request body is a JSON %s, not an object", kind.Value)
	case errors.As(err, &syntax):
		return rung.Errorf(rung.CodeInvalid, "check the JSON", "request body is not JSON at byte %d: %s", syntax.Offset, syntax.Error())
	case errors.Is(err, io.ErrUnexpectedEOF):
		return rung.Errorf(rung.CodeInvalid, "check the JSON", "request body ends inside its JSON value")
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return rung.Errorf(rung.CodeInvalid, hint, "field %s is not known", name)
	}
	return rung.Errorf(rung.CodeInvalid, hint, "request body: %s", err.Error())
}

// jsonName is JSON's name for a kind of Go value.
func jsonName(kind string) string {
	switch {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		return "a whole number"
	case strings.HasPrefix(kind, "float"):
		return "a number"
	case kind == "bool":
		return "true or false"
	case kind == "slice", kind == "array":
		return "an array"
	case kind == "struct", kind == "map":
		return "an object"
	}
	return "a string"
}
