// Command hankosim plays a native mobile app that logs in against a Hanko tenant.
package main

func main() {}
