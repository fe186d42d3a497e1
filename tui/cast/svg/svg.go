// Package svg turns a recording into an animated picture: one SVG file, without scripts and fonts, that plays wherever an
// image is shown.
package svg

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"example.com/hankosim/tui/cast"
)

// The timing of a picture.
const (
	frameTime    = 100 * time.Millisecond  // events that follow each other faster share a frame
	longestPause = 2500 * time.Millisecond // longer pauses are cut
	lastPause    = 4 * time.Second         // before the picture starts over
)

// Measures in pixels.
const (
	cellWidth  = 8.4 // of a monospaced font of fontSize
	cellHeight = 16  // no more than the height of box-drawing characters in any font, or boxes have gaps
	baseline   = 12
	fontSize   = 14
	padding    = 16
	titleBar   = 34
)

// frame is what the screen shows from a time on.
type frame struct {
	rows [][2]int // for each line, the numbers of its halves; -1 for an empty one
	from time.Duration
}

// film collects the frames of a recording, and the different halves of lines in them. Lines are stored in halves because
// many screens have two parts that change independently.
type film struct {
	cols, rows int
	halves     []string       // as SVG
	numbers    map[string]int // the index of each half
	colours    colours
	frames     []frame
}

// Write writes a recording as an animated SVG. Frames are at least a tenth of a second apart, and pauses are cut to 2.5 s.
// The picture starts over four seconds after its end. Viewers that prefer reduced motion (prefers-reduced-motion) or do
// not animate show the last frame. Write fails with a *cast.DrawError, or with out's error.
func Write(out io.Writer, recording *cast.Recording) error {
	recording = recording.Paced(longestPause)
	f := &film{numbers: map[string]int{}, colours: colours{}}
	f.cols, f.rows = largest(recording)
	screen := cast.NewScreen(recording.Header.Cols, recording.Header.Rows)
	for i, event := range recording.Events {
		if err := screen.Play(event); err != nil {
			return err
		}
		last := i == len(recording.Events)-1
		if last || recording.Events[i+1].At/frameTime > event.At/frameTime {
			f.add(screen, event.At.Truncate(frameTime))
		}
	}
	if len(f.frames) == 0 {
		f.add(screen, 0)
	}
	length := max(recording.Length().Truncate(frameTime), f.frames[len(f.frames)-1].from) + lastPause
	buffered := bufio.NewWriter(out)
	f.write(buffered, recording.Header.Title, length)
	return buffered.Flush()
}

// largest returns the largest width and height of the terminal during the recording.
func largest(recording *cast.Recording) (cols, rows int) {
	cols, rows = recording.Header.Cols, recording.Header.Rows
	for _, event := range recording.Events {
		if event.Code == cast.Resize {
			cols, rows = max(cols, event.Cols), max(rows, event.Rows)
		}
	}
	return cols, rows
}

// add appends the screen as a frame, unless it is the same as the last one.
func (f *film) add(screen *cast.Screen, from time.Duration) {
	_, rows := screen.Size()
	next := frame{rows: make([][2]int, rows), from: from}
	for y := range rows {
		left, right := halves(screen.Row(y), f.cols/2)
		next.rows[y] = [2]int{f.number(f.colours.line(left)), f.number(f.colours.line(right))}
	}
	if last := len(f.frames) - 1; last >= 0 && slices.Equal(f.frames[last].rows, next.rows) {
		return
	}
	f.frames = append(f.frames, next)
}

func (f *film) number(line string) int {
	if line == "" {
		return -1
	}
	number, known := f.numbers[line]
	if !known {
		number = len(f.halves)
		f.numbers[line] = number
		f.halves = append(f.halves, line)
	}
	return number
}

// write writes the file. The frames stand side by side, like those of a film, and the animation moves them through the
// window.
func (f *film) write(out *bufio.Writer, title string, length time.Duration) {
	width, height := float64(f.cols)*cellWidth, float64(f.rows*cellHeight)
	full, tall := width+2*padding, height+padding+titleBar+padding/2
	last := -float64(len(f.frames)-1) * math.Ceil(width)
	fmt.Fprintf(out, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img">`+"\n", px(full), px(tall), px(full), px(tall))
	fmt.Fprintf(out, "<title>%s</title>\n", escaped(title))
	fmt.Fprintf(out, "<style>\n%s%s", style, f.colours.classes())
	fmt.Fprintf(out, ".film{transform:translateX(%spx);animation:film %.1fs steps(1,end) infinite}\n@keyframes film{\n", px(last), length.Seconds())
	for i, frame := range f.frames {
		fmt.Fprintf(out, "%s%%{transform:translateX(%spx)}\n", percent(frame.from, length), px(-float64(i)*math.Ceil(width)))
	}
	fmt.Fprintf(out, "100%%{transform:translateX(%spx)}\n}\n@media (prefers-reduced-motion:reduce){.film{animation:none}}\n</style>\n", px(last))
	fmt.Fprintf(out, `<rect width="%s" height="%s" rx="10" fill="%s"/>`+"\n", px(full), px(tall), background)
	for i, colour := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(out, `<circle cx="%d" cy="18" r="6" fill="%s"/>`+"\n", 20+20*i, colour)
	}
	fmt.Fprintln(out, "<defs>")
	for i, line := range f.halves {
		fmt.Fprintf(out, `<g id="l%d">%s</g>`+"\n", i, line)
	}
	fmt.Fprintln(out, "</defs>")
	// The inner svg clips what is outside it: all frames but one.
	fmt.Fprintf(out, `<svg x="%d" y="%d" width="%s" height="%s" xml:space="preserve">`+"\n"+`<g class="film">`+"\n", padding, titleBar, px(width), px(height))
	for i, frame := range f.frames {
		fmt.Fprintf(out, `<g transform="translate(%s)">`, px(float64(i)*math.Ceil(width)))
		for y, halves := range frame.rows {
			for _, half := range halves {
				if half >= 0 {
					fmt.Fprintf(out, `<use href="#l%d" y="%d"/>`, half, y*cellHeight+baseline)
				}
			}
		}
		fmt.Fprintln(out, "</g>")
	}
	fmt.Fprint(out, "</g>\n</svg>\n</svg>\n")
}

func percent(at, length time.Duration) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", 100*at.Seconds()/length.Seconds()), "0"), ".")
}

// px returns a length with at most one decimal.
func px(measure float64) string {
	if measure == 0 {
		return "0" // and not -0
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", measure), "0"), ".")
}
