package kit

import (
	"slices"
	"strings"
	"unicode"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// NewInput returns an input for one line of text.
func (t *Theme) NewInput(placeholder, value string) textinput.Model {
	input := textinput.New()
	input.Prompt = ""
	input.Placeholder = placeholder
	input.CharLimit = 254 // no email address is longer (RFC 5321)
	t.StyleInput(&input)
	input.Cursor.SetMode(cursor.CursorStatic) // a blinking one would wake the program twice a second
	input.SetValue(string(printed([]rune(value))))
	input.CursorEnd()
	return input
}

// StyleInput gives an input the theme's colours, which change when the terminal says what its background is.
func (t *Theme) StyleInput(input *textinput.Model) {
	input.PromptStyle, input.TextStyle, input.PlaceholderStyle = t.Title.UnsetBold(), t.Title, t.Dim
	input.Cursor.Style, input.Cursor.TextStyle = t.Title, t.Title
}

// InputView draws an input, width cells wide, above a rule that shows whether the input has the focus.
func (t *Theme) InputView(input *textinput.Model, width int, focused bool) []string {
	t.StyleInput(input)
	input.Width = max(1, width-5)
	rule := t.Dim
	if focused {
		rule = t.Accent
	}
	return []string{t.Raised("  "+input.View(), max(0, width)), rule.Render(strings.Repeat("▔", max(0, width)))}
}

// TypeInto passes a message to an input, without invisible characters.
func TypeInto(input *textinput.Model, msg tea.Msg) tea.Cmd {
	if pressed, ok := msg.(tea.KeyMsg); ok {
		pressed.Paste, pressed.Runes = Pasted(pressed), printed(pressed.Runes)
		msg = pressed
	}
	var cmd tea.Cmd
	*input, cmd = input.Update(msg)
	return cmd
}

// printed leaves out invisible characters: no-break and zero-width spaces and direction marks, which may come along when an
// address is copied from a web page.
func printed(text []rune) []rune {
	return slices.DeleteFunc(slices.Clone(text), func(r rune) bool { return !unicode.IsPrint(r) })
}
