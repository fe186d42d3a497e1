package replay

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/lipgloss"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"example.com/hankosim/hanko"
	"example.com/hankosim/tui/cast"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/terminal"
)

// The limits of a recording's speed, and the length to which pauses are cut.
const (
	Slowest      = 0.1
	Fastest      = 100.0
	LongestPause = 3 * time.Second
)

const (
	frameTime  = 16 * time.Millisecond  // between two frames, at least
	clockTick  = 250 * time.Millisecond // between two ticks of the clock in the footer, at most
	settleTime = 250 * time.Millisecond // a screen that is shown for so long is meant to be looked at; a spinner changes faster
)

// Options says what to play, and how.
type Options struct {
	Recording *cast.Recording
	Speed     float64            // 1 is the original speed; from Slowest to Fastest
	Exit      bool               // quit at the end, instead of keeping the last screen
	Renderer  *lipgloss.Renderer // knows which colours the terminal has
}

// Run plays a recording on a terminal until the person quits or ctx ends, and then returns nil. It does not use the
// network.
func Run(ctx context.Context, options Options, in io.Reader, out io.Writer) error {
	return terminal.Show(ctx, newReplay(options), nil, in, out)
}

// Write writes a recording as text. For each chapter it writes the title, the start time, and the last screen that was
// shown for a moment; for a recording without chapters, the last screen. It fails with out's error, or with a
// *cast.DrawError.
func Write(recording *cast.Recording, out io.Writer) error {
	screen := cast.NewScreen(recording.Header.Cols, recording.Header.Rows)
	title, settled := "", ""
	var since time.Duration // the time of the last change
	writeChapter := func() error {
		if title == "" {
			return nil
		}
		_, err := fmt.Fprintf(out, "== %s ==\n%s\n\n", title, cmp.Or(settled, screen.Text()))
		return err
	}
	for _, event := range recording.Events {
		if event.At-since >= settleTime {
			settled = screen.Text()
		}
		since = event.At
		if event.Code == cast.Marker {
			if err := writeChapter(); err != nil {
				return err
			}
			title, settled = cmp.Or(hanko.Printable(event.Data), "Marker")+", "+clock(event.At), ""
		}
		if err := screen.Play(event); err != nil {
			return err
		}
	}
	if title == "" {
		_, err := fmt.Fprintln(out, screen.Text())
		return err
	}
	settled = screen.Text() // the last screen counts, however short it was
	return writeChapter()
}

// replay is a Bubble Tea model that plays a recording.
type replay struct {
	recording *cast.Recording // with its pauses cut
	markers   []cast.Event
	speed     float64
	exit      bool
	theme     *kit.Theme
	convert   func(uv.Style) uv.Style // to what the terminal can show

	screen *cast.Screen
	at     time.Duration // the position in the recording
	next   int           // the first event that is not drawn yet
	failed error         // why the recording cannot be drawn beyond the position
	paused bool
	ticks  int // the number of the latest tick; earlier ones are ignored

	width, height int
}

// tickMsg moves the position on by the time that has passed.
type tickMsg struct {
	number int
	passed time.Duration
}

func newReplay(options Options) *replay {
	profile := map[termenv.Profile]colorprofile.Profile{
		termenv.TrueColor: colorprofile.TrueColor, termenv.ANSI256: colorprofile.ANSI256, termenv.ANSI: colorprofile.ANSI, termenv.Ascii: colorprofile.Ascii,
	}[options.Renderer.ColorProfile()]
	m := &replay{
		recording: options.Recording.Paced(LongestPause),
		speed:     min(max(options.Speed, Slowest), Fastest),
		exit:      options.Exit,
		theme:     kit.NewTheme(options.Renderer, kit.NoColours, true), // differs from the recording on every background
		convert:   func(style uv.Style) uv.Style { return uv.ConvertStyle(style, profile) },
	}
	m.markers = m.recording.Markers()
	m.rewind()
	m.draw()
	return m
}

// Init starts playing.
func (m *replay) Init() tea.Cmd { return m.tick() }

// rewind goes to the beginning, with an empty screen.
func (m *replay) rewind() {
	m.screen = cast.NewScreen(m.recording.Header.Cols, m.recording.Header.Rows)
	m.at, m.next, m.failed = 0, 0, nil
}

// draw draws everything up to the position.
func (m *replay) draw() {
	for m.failed == nil && m.next < len(m.recording.Events) && m.recording.Events[m.next].At <= m.at {
		m.failed = m.screen.Play(m.recording.Events[m.next])
		m.next++
	}
}

// over reports whether nothing is left to draw.
func (m *replay) over() bool { return m.failed != nil || m.next == len(m.recording.Events) }

// tick waits for the next event, or for a part of the pause before it. While nothing moves, there are no ticks.
func (m *replay) tick() tea.Cmd {
	m.ticks++
	if m.over() && m.exit {
		return tea.Quit
	}
	if m.over() || m.paused {
		return nil
	}
	wait := time.Duration(float64(m.recording.Events[m.next].At-m.at) / m.speed)
	wait = min(max(wait, frameTime), clockTick)
	number := m.ticks
	return tea.Tick(wait, func(time.Time) tea.Msg { return tickMsg{number, wait} })
}

// jump goes to another position.
func (m *replay) jump(to time.Duration) tea.Cmd {
	if to <= m.at {
		m.rewind()
	}
	m.at = to
	m.draw()
	return m.tick()
}

// Update implements tea.Model.
func (m *replay) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tickMsg:
		if msg.number == m.ticks {
			m.at = min(m.at+time.Duration(float64(msg.passed)*m.speed), m.recording.Length())
			m.draw()
			return m, m.tick()
		}
	case tea.KeyMsg:
		return m, m.keys(msg)
	}
	return m, nil
}

// keys handles keys one by one: some terminals send keys that are pressed quickly in one message.
func (m *replay) keys(msg tea.KeyMsg) tea.Cmd {
	if msg.Paste {
		return nil
	}
	if len(msg.Runes) < 2 {
		return m.pressed(msg.String())
	}
	var cmds []tea.Cmd
	for _, r := range msg.Runes {
		cmds = append(cmds, m.pressed(string(r)))
	}
	return tea.Batch(cmds...)
}

func (m *replay) pressed(name string) tea.Cmd {
	switch name {
	case "q", "esc", "ctrl+c":
		return tea.Quit
	case "ctrl+z":
		return tea.Suspend
	case " ":
		if m.over() {
			return m.jump(0)
		}
		m.paused = !m.paused
		return m.tick()
	case "r", "home", "g":
		m.paused = false
		return m.jump(0)
	case "n", "right", "l":
		return m.jump(m.nextMarker())
	case "p", "left", "h":
		return m.jump(m.markerBefore())
	case "+", "=":
		m.speed = min(m.speed*2, Fastest)
	case "-":
		m.speed = max(m.speed/2, Slowest)
	}
	return nil
}

// nextMarker returns the time at which the next chapter begins, or that of the end.
func (m *replay) nextMarker() time.Duration {
	for _, marker := range m.markers {
		if marker.At > m.at {
			return marker.At
		}
	}
	return m.recording.Length()
}

// markerBefore returns the time at which the current chapter began, or the previous one if the current one has only just
// begun.
func (m *replay) markerBefore() time.Duration {
	before := m.at
	if !m.paused && !m.over() {
		before -= time.Duration(m.speed * float64(time.Second))
	}
	to := time.Duration(0)
	for _, marker := range m.markers {
		if marker.At < before {
			to = marker.At
		}
	}
	return to
}

// chapter returns the label of the last marker before the position.
func (m *replay) chapter() string {
	label := ""
	for _, marker := range m.markers {
		if marker.At <= m.at {
			label = hanko.Printable(marker.Data)
		}
	}
	return label
}

// View draws as much of the recording's screen as there is room for, and the footer.
func (m *replay) View() string {
	if m.width < 1 || m.height < 1 {
		return ""
	}
	foot := []string{m.footer()}
	if notice := m.notice(); notice != "" && m.height > 3 {
		foot = append([]string{m.theme.Title.Render(kit.Clamp(notice, m.width, 1))}, foot...)
	}
	lines := m.screen.Lines(m.convert)
	lines = lines[:min(len(lines), max(0, m.height-len(foot)))]
	for len(lines)+len(foot) < m.height {
		lines = append(lines, "")
	}
	return kit.Clamp(strings.Join(append(lines, foot...), "\n"), m.width, m.height)
}

// notice returns what the person should know about the picture, or "".
func (m *replay) notice() string {
	cols, rows := m.screen.Size()
	switch {
	case m.failed != nil:
		return "✗ " + strings.ToUpper(m.failed.Error()[:1]) + hanko.Printable(m.failed.Error()[1:])
	case cols > m.width || rows > m.height: // a recording of this window's size loses only its last row
		return fmt.Sprintf("! Cut off: the recording needs %d×%d cells, and this window has %d×%d.", cols, rows, m.width, m.height)
	case m.over():
		return m.recording.Remark
	default:
		return ""
	}
}

// footer shows the position, and lists as many keys as there is room for.
func (m *replay) footer() string {
	state, space := "▶", "pause"
	switch {
	case m.over():
		state, space = "■", "play again"
	case m.paused:
		state, space = "‖", "resume"
	}
	line := fmt.Sprintf("%s %s / %s", state, clock(m.at), clock(m.recording.Length()))
	if chapter := m.chapter(); chapter != "" {
		line += " · " + kit.Clamp(chapter, 24, 1)
	}
	line += fmt.Sprintf(" · ×%.3g", m.speed)
	line = m.theme.Title.Render(line)
	keys := [][2]string{{"q", "quit"}, {"space", space}, {"r", "start over"}, {"n/p", "next, previous"}, {"+/-", "speed"}}
	if len(m.markers) == 0 {
		keys = append(keys[:3:3], keys[4:]...)
	}
	for _, key := range keys {
		more := "  " + m.theme.Key.Bold(true).Render(key[0]) + " " + key[1]
		if ansi.StringWidth(line)+ansi.StringWidth(more) > m.width {
			break
		}
		line += more
	}
	return line
}

// clock formats a time in a recording: 1:05, or 1:00:05.
func clock(at time.Duration) string {
	seconds := int(at.Seconds())
	if seconds >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}
