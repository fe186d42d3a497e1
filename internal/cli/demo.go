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

// The limits of --speed.
const slowest, fastest = 0.1, 100

// demoFlags are the flags of the demo.
type demoFlags struct {
	speed             float64
	script, record    string
	loop, exit, print bool
}

func demoCommand(load loadFunc) *cobra.Command {
	var flags demoFlags
	command := &cobra.Command{
		Use:   "demo",
		Short: "Show what a passkey is, in three minutes",
		Long: `demo plays a story on the simulated phone and explains each scene: a new user creates an account and a passkey, and
signs in with it. It always uses a new embedded tenant, in memory. Space pauses, n and p step through the scenes, q
quits, and any other key hands the phone over to you.

Without a terminal, or with --plain, the story is played without pauses and written as plain lines.`,
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
					return &usageError{fmt.Errorf("--%s cannot be used here: demo always uses an embedded tenant. Use `hankosim --%s …` for your own", flag, flag)}
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
	command.Flags().Float64Var(&flags.speed, "speed", 1, "play this many `TIMES` as fast, from 0.1 to 100")
	command.Flags().BoolVar(&flags.loop, "loop", false, "start over at the end, with a new tenant and a new phone")
	command.Flags().BoolVar(&flags.exit, "exit", false, "quit at the end; with status 1 if the story gets stuck")
	recordFlag(command.Flags(), &flags.record)
	command.Flags().StringVar(&flags.script, "script", "", "play the story in `FILE`; - is standard input")
	command.Flags().BoolVar(&flags.print, "print-story", false, "print the story's script instead of playing it")
	return command
}

// read checks the flags, and reads the script.
func (f demoFlags) read(ctx context.Context) (script []byte, played story.Story, err error) {
	switch {
	case !(f.speed >= slowest && f.speed <= fastest): // refuses NaN, too
		return nil, played, &usageError{fmt.Errorf("--speed is %v; it must be from %v to %v", f.speed, slowest, fastest)}
	case f.loop && f.exit:
		return nil, played, &usageError{errors.New("--loop and --exit cannot be used together. Use one of them")}
	}
	script, name := story.BuiltIn(), "the built-in story"
	if f.script != "" {
		name = f.script
		if script, err = input.Read(ctx, f.script, story.MaxSize); err != nil {
			return nil, played, &usageError{fmt.Errorf("the script cannot be read: %w", err)}
		}
	}
	if played, err = story.Parse(script); err != nil {
		return nil, played, &usageError{fmt.Errorf("%s is not a story:\n%w\n`hankosim demo --print-story` prints an example", name, err)}
	}
	return script, played, nil
}

// runDemo draws a story on a terminal, or writes it as plain lines. record is the file to record it in; "" for none.
func runDemo(ctx context.Context, cfg config.Config, played demo.Options, record string, stdout io.Writer) error {
	drawn := !wantsLines(cfg.Plain) && onTerminal()
	if record != "" && !drawn {
		return &usageError{errors.New("--record needs a terminal, and cannot be used with --plain. To keep the story as text, use > FILE")}
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

// openDemo opens a session on a new embedded tenant, with an empty phone. The configuration says which kind of tenant and
// phone to use.
func openDemo(ctx context.Context, cfg config.Config) (*session, kit.Options, error) {
	s, err := openSession(ctx, cfg.InMemory(), target{name: config.EmbeddedTitle})
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
