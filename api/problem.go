package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"rung"
	"rung/api/resource"
)

// statuses is the one table from codes to HTTP statuses.
var statuses = map[rung.Code]int{
	rung.CodeInvalid:      http.StatusBadRequest,
	rung.CodeUnauthorized: http.StatusUnauthorized,
	rung.CodeForbidden:    http.StatusForbidden,
	rung.CodeNotFound:     http.StatusNotFound,
	rung.CodeConflict:     http.StatusConflict,
	rung.CodeBadInput:     http.StatusUnprocessableEntity,
	rung.CodeUnsupported:  http.StatusUnprocessableEntity,
	rung.CodeEncrypted:    http.StatusUnprocessableEntity,
	rung.CodeSourceLost:   http.StatusBadGateway,
	rung.CodeUnavailable:  http.StatusServiceUnavailable,
	rung.CodeFull:         http.StatusInsufficientStorage,
	rung.CodeOverloaded:   http.StatusServiceUnavailable,
	rung.CodeEngine:       http.StatusInternalServerError,
	rung.CodeDeadline:     http.StatusGatewayTimeout,
	rung.CodeCanceled:     http.StatusConflict,
	rung.CodeInternal:     http.StatusInternalServerError,
}

// fiberHints say what to do about the errors that fiber itself raises, by status.
var fiberHints = map[int]string{
	http.StatusNotFound:                    "see /openapi.json for what there is",
	http.StatusMethodNotAllowed:            "see /openapi.json for the methods",
	http.StatusRequestEntityTooLarge:       "send a smaller body",
	http.StatusRequestHeaderFieldsTooLarge: "send fewer or shorter headers",
	http.StatusUnsupportedMediaType:        "see /openapi.json for the media type",
	http.StatusRequestTimeout:              "send the request at once",
}

// statusOf is the HTTP status for a code.
func statusOf(code rung.Code) int {
	if s, ok := statuses[code]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// problemOf is the document for any error. Errors that are not the platform's own show nothing of themselves.
func problemOf(err error) resource.Problem {
	var fe *fiber.Error
	if errors.As(err, &fe) {
		code := rung.CodeInvalid
		switch {
		case fe.Code == http.StatusNotFound:
			code = rung.CodeNotFound
		case fe.Code >= 500:
			return problemOf(&rung.Error{Code: rung.CodeInternal, Message: "internal error", Hint: "the log has the details"})
		}
		return newProblem(fe.Code, code, fe.Message, fiberHints[fe.Code])
	}
	var own *rung.Error
	if !errors.As(err, &own) && errors.Is(err, context.DeadlineExceeded) {
		own = &rung.Error{Code: rung.CodeUnavailable, Message: "the request took too long", Hint: "try again in a moment"}
	} else {
		own = rung.AsError(err)
	}
	return newProblem(statusOf(own.Code), own.Code, own.Message, own.Hint)
}

func newProblem(status int, code rung.Code, detail, hint string) resource.Problem {
	return resource.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: code, Hint: hint}
}

// sendProblem answers with the error's document, and logs it if the fault is ours.
func sendProblem(c *fiber.Ctx, log *slog.Logger, err error) error {
	p := problemOf(err)
	if p.Status >= 500 {
		log.Error("request failed", "method", c.Method(), "path", c.Path(), "status", p.Status, "error", err)
	}
	if p.Status == http.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="rung"`)
	}
	if p.Status == http.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "2")
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, "application/problem+json")
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Status(p.Status).Send(body)
}

// notReady wraps whatever keeps the process from serving as a state that passes.
func notReady(err error) error {
	own := rung.AsError(err)
	return &rung.Error{Code: rung.CodeUnavailable, Message: "not ready: " + own.Message, Hint: own.Hint, Err: err}
}
