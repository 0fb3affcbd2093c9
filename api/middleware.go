package api

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cors"
)

// secure sets the headers that every response has.
func secure(c *fiber.Ctx) error {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	return c.Next()
}

// bounded gives the handlers after it a context that ends after callTimeout, or when they return.
func bounded(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), callTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

// corsFor lets pages of the given web origins use the API. Tokens travel in a header, so credentials stay off.
func corsFor(origins []string) cors.Config {
	return cors.Config{
		AllowOrigins: strings.Join(origins, ","),
		AllowMethods: "GET,POST,PATCH,PUT,DELETE",
		AllowHeaders: "Authorization,Content-Type,Last-Event-ID",
		MaxAge:       600,
	}
}
