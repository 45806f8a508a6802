// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"net/http"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// Echo is a service with echo v5. In v4 a context is an echo.Context, without the
// star; the rest is the same.
func Echo(tracer *spur.Tracer) http.Handler {
	e := echo.New()
	e.Use(echoRoute, middleware.Recover())
	e.GET("/orders/:id", func(c *echo.Context) error {
		spur.SpanFromContext(c.Request().Context()).SetBool("served", true)
		return c.String(http.StatusOK, "order "+c.Param("id"))
	})
	e.GET("/fail", echo.WrapHandler(http.HandlerFunc(fail)))
	e.Group("/admin").GET("/users/:name", echo.WrapHandler(http.HandlerFunc(serve)))
	e.Any("/files/*", echo.WrapHandler(http.HandlerFunc(serve))) // or another router
	return spurhttp.Handler(tracer, e)
}

func echoRoute(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c *echo.Context) error {
		spurhttp.SetRoute(c.Request().Context(), c.Path())
		return next(c)
	}
}
