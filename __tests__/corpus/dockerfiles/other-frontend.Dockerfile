// syntax=example.com/frontend/gofile:1.2
package main
