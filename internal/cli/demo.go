package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"example.com/hankosim/internal/config"
	"example.com/hankosim/internal/input"
	"example.com/hankosim/tui"
	"example.com/hankosim/tui/demo"
	"example.com/hankosim/tui/kit"
	"example.com/hankosim/tui/story"
)

// The speeds that a demo may have.
const slowest, fastest = 0.1, 100

// demoFlags are what a demo is told on its command line.
type demoFlags struct {
	speed             float64
	script, record    string
	loop, exit, print bool
}

func demoCommand(load loadFunc) *cobra.Command {
	var flags demoFlags
	command := &cobra.Command{
		Use:   "demo",
		Short: "Play a story by itself: what a passkey is, in three minutes",
		Long: `demo plays a story on the simulated phone, with a word on each scene: an account is made, a passkey is created and
used. It always plays on an embedded tenant that is new and kept in memory. Space pauses, n and p step through the
scenes, q quits, and any other key gives you the phone.

Without a terminal, or with --plain, the story is played without its pauses and told in plain lines.`,
		Example: `  hankosim demo
  hankosim demo --device android --speed 1.5
  hankosim demo --print-story > mine.yaml
  hankosim demo --script mine.yaml --loop`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			script, played, err := flags.read(cmd.Context())
			if err != nil {
				return err
			}
			for _, flag := range []string{"url", "tenant"} {
				if cmd.Flags().Changed(flag) {
					return &usageError{fmt.Errorf("--%s is of no use here: demo plays on an embedded tenant. `hankosim --%s …` walks one of yours", flag, flag)}
				}
			}
			if flags.print {
				_, err := cmd.OutOrStdout().Write(script)
				return err
			}
			cfg, err := load(cmd)
			if err != nil {
				return err
			}
			return runDemo(cmd.Context(), cfg, demo.Options{Story: played, Speed: flags.speed, Loop: flags.loop, Exit: flags.exit}, flags.record, cmd.OutOrStdout())
		},
	}
	command.Flags().Float64Var(&flags.speed, "speed", 1, "play so many `TIMES` as fast, from 0.1 to 100")
	command.Flags().BoolVar(&flags.loop, "loop", false, "begin anew at the end, with a new tenant and a new phone")
	command.Flags().BoolVar(&flags.exit, "exit", false, "leave at the end, or with status 1 where the story stops")
	recordFlag(command.Flags(), &flags.record)
	command.Flags().StringVar(&flags.script, "script", "", "play the story in `FILE`; - is standard input")
	command.Flags().BoolVar(&flags.print, "print-story", false, "print the story's script, and play nothing")
	return command
}

// read checks the flags, and reads the story that is meant.
func (f demoFlags) read(ctx context.Context) (script []byte, played story.Story, err error) {
	switch {
	case !(f.speed >= slowest && f.speed <= fastest): // nor is NaN a speed
		return nil, played, &usageError{fmt.Errorf("--speed is %v, and must be from %v to %v", f.speed, slowest, fastest)}
	case f.loop && f.exit:
		return nil, played, &usageError{errors.New("--loop never ends, and --exit leaves at the end: give one of the two")}
	}
	script, name := story.BuiltIn(), "the built-in story"
	if f.script != "" {
		name = f.script
		if script, err = input.Read(ctx, f.script, story.MaxSize); err != nil {
			return nil, played, &usageError{fmt.Errorf("the script cannot be read: %w", err)}
		}
	}
	if played, err = story.Parse(script); err != nil {
		return nil, played, &usageError{fmt.Errorf("%s is no story:\n%w\n`hankosim demo --print-story` prints one that is", name, err)}
	}
	return script, played, nil
}

// runDemo plays a story: drawn on a terminal, and in plain lines elsewhere. record is the file for a recording of it; ""
// for none.
func runDemo(ctx context.Context, cfg config.Config, played demo.Options, record string, stdout io.Writer) error {
	drawn := !wantsLines(cfg.Plain) && onTerminal()
	if record != "" && !drawn {
		return &usageError{errors.New("--record keeps what is drawn on a terminal, and there is none, or --plain was given: keep the story's lines with > FILE")}
	}
	recorder, endRecording, err := startRecording(record)
	if err != nil {
		return err
	}
	played.Fresh = func() (demo.Play, error) {
		s, options, err := openDemo(ctx, cfg)
		if err != nil {
			return demo.Play{}, err
		}
		options.Record = recorder
		ctx, cancel := context.WithCancel(ctx)
		return demo.Play{App: tui.New(ctx, options), Terminal: tui.TerminalSettings(options), End: func() { cancel(); s.Close() }}, nil
	}
	if !drawn {
		return demo.RunPlain(ctx, played, stdout)
	}
	defer drawing(ctx)()
	return endRecording(demo.Run(ctx, played, os.Stdin, os.Stdout))
}

// openDemo opens a session on an embedded tenant of the demo's own, with a phone that has nothing on it yet. What kind of
// tenant it is, and which phone, is as configured.
func openDemo(ctx context.Context, cfg config.Config) (*session, kit.Options, error) {
	s, err := openSession(ctx, cfg.InMemory(), target{name: "embedded tenant"})
	if err != nil {
		return nil, kit.Options{}, err
	}
	options, err := appOptions(ctx, s)
	if err != nil {
		s.Close()
		return nil, kit.Options{}, err
	}
	options.Notice = ""                                                // the narration says where it plays
	options.Email = ""                                                 // the story types one
	options.Strict, options.Association = false, appAssociation(false) // nobody publishes localhost's association with an app
	return s, options, nil
}
