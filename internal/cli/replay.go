package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"example.com/hankosim/internal/input"
	"example.com/hankosim/tui/cast"
	"example.com/hankosim/tui/cast/svg"
	"example.com/hankosim/tui/replay"
)

// recordFlag adds --record to a command whose screens can be recorded.
func recordFlag(flags *pflag.FlagSet, path *string) {
	flags.StringVar(path, "record", "", "record the session, without its secrets, in a new `FILE` for hankosim replay and other asciicast players")
}

// startRecording starts a recording in a new file. If path is "", the recorder is nil. After the session, end must be called
// with the session's error: it ends the recording and returns both errors. startRecording fails with a *usageError.
func startRecording(path string) (recorder *cast.Recorder, end func(error) error, err error) {
	if path == "" {
		return nil, func(err error) error { return err }, nil
	}
	file, err := cast.Create(path)
	if err != nil {
		return nil, nil, &usageError{fmt.Errorf("--record: %w", err)}
	}
	header := cast.Header{Cols: 80, Rows: 24, Term: os.Getenv("TERM"), Title: "hankosim " + versionText()}
	if cols, rows, err := term.GetSize(int(os.Stdout.Fd())); err == nil && cols > 0 && rows > 0 && cols <= cast.MaxCols && rows <= cast.MaxRows {
		header.Cols, header.Rows = cols, rows // for plain lines, which have no frames
	}
	recorder = cast.NewRecorder(file, header)
	return recorder, func(err error) error {
		kept := errors.Join(recorder.Close(time.Now()), file.Close())
		if kept == nil {
			fmt.Fprintf(os.Stderr, "The session is recorded in %s. `hankosim replay %s` plays it.\n", path, path)
		}
		return errors.Join(err, kept)
	}, nil
}

func replayCommand() *cobra.Command {
	var (
		speed   float64
		exit    bool
		picture string
	)
	command := &cobra.Command{
		Use:   "replay FILE",
		Short: "Replay a recorded session, offline",
		Long: fmt.Sprintf(`replay plays a recording in the terminal: a session that was recorded with --record, or any other asciicast of version
3 or 2. The file may be packed with gzip. No tenant is contacted. Pauses are cut to %v. The last screen stays until you
press q, unless you use --exit.

Keys: space pauses, n and p (and the arrow keys) go to the next and the previous marker, + and - change the speed, r
starts over, q quits.

If the input or output is not a terminal, or with --plain, the recording is written as text: for each chapter its title,
its start time, and its last screen; without chapters only the last screen.

--svg turns the recording into an animated picture instead: one file, without scripts, that plays wherever images are
shown. Pauses are cut to 2.5 seconds.`, replay.LongestPause),
		Example: `  hankosim --record walk.cast
  hankosim replay walk.cast
  hankosim replay --speed 4 --exit walk.cast
  hankosim replay walk.cast > walk.txt
  hankosim replay walk.cast --svg walk.svg`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{errors.New("give one recording to play. `hankosim replay --help` has examples")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !(speed >= replay.Slowest && speed <= replay.Fastest) { // refuses NaN, too
				return &usageError{fmt.Errorf("--speed is %g; it must be from %g to %g", speed, replay.Slowest, replay.Fastest)}
			}
			recording, err := readRecording(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if picture != "" {
				return writePicture(picture, recording, cmd.ErrOrStderr())
			}
			plain, _ := cmd.Flags().GetBool("plain") // a flag of the root, so it is there
			options := replay.Options{Recording: recording, Speed: speed, Exit: exit}
			return replayRecording(cmd.Context(), options, plain, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	command.Flags().Float64Var(&speed, "speed", 1, fmt.Sprintf("play this many `TIMES` as fast, from %g to %g", replay.Slowest, replay.Fastest))
	command.Flags().BoolVar(&exit, "exit", false, "quit at the end")
	command.Flags().StringVar(&picture, "svg", "", "write an animated picture of the recording to a new `FILE` instead of playing it")
	return command
}

// writePicture writes a recording as an animated picture, to a new file.
func writePicture(path string, recording *cast.Recording, stderr io.Writer) error {
	var drawn bytes.Buffer // so that no file is left if drawing fails
	if err := svg.Write(&drawn, recording); err != nil {
		return fmt.Errorf("the picture cannot be made: %w", err)
	}
	file, err := cast.Create(path)
	if err != nil {
		return &usageError{fmt.Errorf("--svg: %w", err)}
	}
	_, err = drawn.WriteTo(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("the picture cannot be written: %w", err)
	}
	fmt.Fprintf(stderr, "The picture is in %s.\n", path)
	return nil
}

func readRecording(ctx context.Context, path string) (*cast.Recording, error) {
	content, err := input.Read(ctx, path, cast.MaxSize)
	if err != nil {
		return nil, fmt.Errorf("the recording %s cannot be read: %w", path, err)
	}
	recording, err := cast.Read(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return recording, nil
}

// replayRecording plays a recording on a terminal, or writes it as text if plain is set or there is no terminal.
func replayRecording(ctx context.Context, options replay.Options, plain bool, stdout, stderr io.Writer) error {
	if wantsLines(plain) || !onTerminal() {
		err := replay.Write(options.Recording, stdout)
		if remark := options.Recording.Remark; remark != "" {
			fmt.Fprintln(stderr, remark)
		}
		return err
	}
	options.Renderer = lipgloss.NewRenderer(os.Stdout)
	defer drawing(ctx)()
	return replay.Run(ctx, options, os.Stdin, os.Stdout)
}
