// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// Gin is a service with gin. Its handlers find their span in c.Request.Context(), and
// with ContextWithFallback in c itself.
func Gin(tracer *spur.Tracer) http.Handler {
	r := gin.New()
	r.ContextWithFallback = true
	r.Use(func(c *gin.Context) { spurhttp.SetRoute(c.Request.Context(), c.FullPath()) })
	r.Use(gin.Recovery())
	r.GET("/orders/:id", func(c *gin.Context) {
		spur.SpanFromContext(c).SetBool("served", true)
		c.String(http.StatusOK, "order %s\n", c.Param("id"))
	})
	r.GET("/fail", gin.WrapF(fail))
	r.Group("/admin").GET("/users/:name", gin.WrapF(serve))
	r.Any("/files/*path", gin.WrapF(serve)) // or another router
	return spurhttp.Handler(tracer, r)
}
