package api

import (
	"crypto/subtle"
	"strings"

	"github.com/gofiber/fiber/v2"

	"rung"
	"rung/api/resource"
)

// guard lets requests through by their bearer token (RFC 6750).
type guard struct {
	tokens Records[resource.Token]
}

// tokenLocal is where the request's own token lies among its locals.
const tokenLocal = "token"

const tokenHint = "send Authorization: Bearer TOKEN; the first start wrote an admin token to DATA/admin.token"

// allow refuses requests whose token lacks the scope.
func (g guard) allow(scope resource.Scope) fiber.Handler {
	return func(c *fiber.Ctx) error {
		t, err := g.check(c)
		if err != nil {
			return err
		}
		if !t.Allows(scope) {
			return rung.Errorf(rung.CodeForbidden, "use a token with it", "token %q lacks the scope %q", t.Name, scope)
		}
		c.Locals(tokenLocal, t)
		return c.Next()
	}
}

// check finds the request's token. The secret is looked up by its hash, so that no comparison depends on it; the
// comparison in constant time guards against a store whose look-up is not exact.
func (g guard) check(c *fiber.Ctx) (resource.Token, error) {
	scheme, secret, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return resource.Token{}, rung.Errorf(rung.CodeUnauthorized, tokenHint, "this needs a token")
	}
	hash := resource.HashSecret(strings.TrimSpace(secret))
	t, _, err := g.tokens.Get(c.UserContext(), hash)
	if rung.CodeOf(err) == rung.CodeNotFound {
		return resource.Token{}, rung.Errorf(rung.CodeUnauthorized, tokenHint, "the token is not known")
	}
	if err != nil {
		return resource.Token{}, err
	}
	if subtle.ConstantTimeCompare([]byte(t.ID), []byte(hash)) != 1 {
		return resource.Token{}, rung.Errorf(rung.CodeUnauthorized, tokenHint, "the token is not known")
	}
	return t, nil
}
