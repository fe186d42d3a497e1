package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"example.com/hankosim/hanko"
)

// everything is all text in an exchange, the error's included.
func everything(e hanko.Exchange) string {
	text := fmt.Sprintf("%s %s %s %v %s %d %v %s", e.Method, e.URL, e.Path, e.RequestHeader, e.RequestBody, e.Status, e.ResponseHeader, e.ResponseBody)
	if e.Err != nil {
		text += fmt.Sprintf(" %+v %s", *e.Err, e.Err)
	}
	return text
}

// encodedText is a text as it looks inside of JSON.
func encodedText(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `"`), `"`)
}
