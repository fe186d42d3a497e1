package mailbox

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/kballard/go-shellquote"

	"example.com/hankosim/hanko"
)

const (
	runLimit      = time.Minute     // how long one run of the command may take
	afterKill     = 2 * time.Second // how long the command's own children may keep its output open
	longestOutput = 64 << 10        // bytes
)

// command is a box that runs a command and reads the code from its output.
type command struct {
	name string
	argv []string
	life life

	mu   sync.Mutex
	last map[string]handed // by lower-case address
}

// handed is a code that Passcode has returned, and when.
type handed struct {
	code string
	at   time.Time
}

// openCommand splits the command into words as a shell does (quotes, backslashes), but starts no shell.
func openCommand(line string) (Box, error) {
	bad := func(problem string, err error) (Box, error) {
		return nil, &Error{
			Kind: BadSpec, Box: "command", Problem: problem, Err: err,
			Hint: "Such a spec looks like command:./code.sh, or command:sh -c './code.sh \"$HANKOSIM_TO\" | tail -1'.",
		}
	}
	argv, err := shellquote.Split(line)
	if err != nil || len(argv) == 0 {
		return bad("The command spec has no command that can be read", err)
	}
	if _, err := exec.LookPath(argv[0]); err != nil {
		if hanko.MaskUserinfo(line) != line {
			err = exec.ErrNotFound // the original error repeats the command, which may hold a secret
		}
		return bad("The command of the command spec cannot be run", err)
	}
	return &command{name: "the command " + filepath.Base(argv[0]), argv: argv, life: newLife(), last: make(map[string]handed)}, nil
}

// String returns only the program's name: its arguments may hold a secret.
func (c *command) String() string { return c.name }

func (c *command) Close() error {
	c.life.end()
	return nil
}

// Passcode runs the command again and again, with pauses from 0.1 to 1 seconds, until it succeeds and prints something.
// The command can also wait for the mail itself, up to a minute. A code that was returned for an earlier request counts
// as an old mail.
func (c *command) Passcode(ctx context.Context, want Want) (string, error) {
	want, err := want.complete(c.name)
	if err != nil {
		return "", err
	}
	ctx, release := c.life.bound(ctx)
	defer release()
	started := time.Now()
	passedOver := ""
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		output, complaint, err := c.run(ctx, want)
		switch {
		case ctx.Err() != nil:
			return "", noMail(ctx, c.name, want.To, started, passedOver, "The command must print the code and exit with 0.")
		case errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrPermission):
			return "", &Error{Kind: Unreachable, Box: c.name, Problem: "The command cannot be run", Err: err}
		case err != nil:
			passedOver = "it ended with " + err.Error()
			if complaint != "" {
				passedOver += ": " + complaint
			}
		case output == "":
			passedOver = "it printed nothing"
		default:
			code, tied := output, []string(nil)
			if !want.isCode(output) {
				code, tied = codeIn(linesOf("", output), want, true)
			}
			if code == "" {
				return "", noCode(c.name, firstLine(output), tied, want, started)
			}
			if c.fresh(code, want) {
				return code, nil
			}
			passedOver = "it printed the code of an earlier mail"
		}
		sleep(ctx, pause)
	}
}

// run runs the command once.
func (c *command) run(ctx context.Context, want Want) (output, complaint string, err error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	run := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...)
	run.Env = append(os.Environ(), "HANKOSIM_TO="+want.To, "HANKOSIM_AFTER="+want.After.UTC().Format(time.RFC3339Nano))
	run.WaitDelay = afterKill
	stdout, stderr := bounded{most: longestOutput}, bounded{most: longestOutput}
	run.Stdout, run.Stderr = &stdout, &stderr
	err = run.Run()
	return strings.TrimSpace(stdout.String()), firstLine(strings.TrimSpace(stderr.String())), err
}

// fresh reports whether a code is not the one that was returned before the wanted time, and remembers it.
func (c *command) fresh(code string, want Want) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	address := strings.ToLower(want.To)
	if last, ok := c.last[address]; ok && last.code == code && !last.at.After(want.After) {
		return false
	}
	c.last[address] = handed{code, time.Now()}
	return true
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// bounded keeps the first bytes that are written to it and drops the rest.
type bounded struct {
	bytes.Buffer
	most int
}

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.most - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
