package architecture

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"
)

// A table is a place in the code that has a row for each word of Hanko's vocabulary (hanko/vocabulary.go): a text, an
// explanation, a row of a migration table, or a state of the embedded tenant. A new constant gets a row in each, or an
// exception with a reason.
type table struct {
	in      string      // the package, below the module
	at      []string    // the declarations that make it up; none: the whole package
	of      string      // the type of its words
	without []exception // what it has no row for
}

// exception has the names of constants without a row, without their prefix, and the reason.
type exception struct {
	why   string
	words string
}

// The tables.
var tables = []table{
	{
		in: "hanko", at: []string{"flowErrors"}, of: "ErrorCode",
		without: []exception{
			{"POST /token_exchange alone answers with it, which hankosim does not call", "Forbidden"},
		},
	},
	{
		in: "hanko/decode", at: []string{"states"}, of: "State",
		without: []exception{
			{"it always has an error, which is explained instead", "Error"},
		},
	},
	{in: "hanko/decode", at: []string{"rows"}, of: "ActionName"},
	{
		in: "hanko/fact", at: []string{"asksOf"}, of: "State",
		without: []exception{
			{"it is of the profile flow, which asks nobody to sign in", "ProfileInit AccountDeleted"},
		},
	},
	{
		in: "hanko/secret", at: []string{"secretFields"}, of: "InputName",
		without: []exception{
			{"who somebody is, and which thing is meant, lets nobody in", "Email Username Identifier EmailID PasskeyID PasskeyName SecurityKeyID SessionID IdentityID"},
			{"what the phone answers is good for one challenge", "PublicKey AssertionResponse"},
			{"it says how the app works", "WebAuthnAvailable WebAuthnConditionalMediationAvailable WebAuthnPlatformAuthenticatorAvailable RememberMe Provider RedirectTo"},
			{"it is the app's own data, which is for people to look at", "PatchMetadata"},
		},
	},
	{
		in: "hanko/login", at: []string{"choices"}, of: "InputName",
		without: []exception{
			{"it is typed, or answered by the app or the phone; nothing in the payload is to be chosen from", `
				Email Username Identifier Code Password NewPassword OTPCode RememberMe PublicKey AssertionResponse WebAuthnAvailable
				WebAuthnConditionalMediationAvailable WebAuthnPlatformAuthenticatorAvailable Provider RedirectTo CodeVerifier Token
				PasskeyName PatchMetadata`},
			{"no backend up to v3.0.4 lists it among the inputs of the action that needs it", "IdentityID"},
		},
	},
	{
		in: "hanko/smoke", at: []string{"symptoms", "rateLimited"}, of: "ErrorCode",
		without: []exception{
			{"it is the robot's own doing: what it filled in, or a session that it ended", `
				FormDataInvalidError ValueMissingError ValueInvalidError ValueTooLongError ValueTooShortError
				PasscodeMaxAttemptsReached OTPCodeInvalid OTPCodeAlreadyUsed InvalidUsernameError UsernameAlreadyExists
				UnknownUsernameError EmailAlreadyExists InvalidMetadataError Unauthorized`},
			{"the walk makes a step of it, which the robot goes on from", "UnknownEmailError"},
			{"the robot answers with the phone or the security key, as it is asked", "PlatformAuthenticatorRequired WebAuthnCredentialInvalidMFAOnly"},
			{"no one setting is behind it; its own explanation says what is to be known", "FlowExpiredError FlowDiscontinuityError OperationNotPermittedError NotFound"},
			{"no call of the robot's is answered so", "Forbidden"},
		},
	},
	{
		in: "hanko/smoke", at: []string{"fill"}, of: "ActionName",
		without: []exception{
			{"the walk takes it by itself, or has a step of its own for its state", `
				RegisterClientCapabilities ContinueWithLoginIdentifier RememberMe VerifyPasscode ResendPasscode
				WebAuthnVerifyAttestationResponse WebAuthnVerifyAssertionResponse`},
			{"the robot goes on with the second factor that it is asked for", "ContinueToLoginSecurityKey ContinueToLoginOTP"},
			{"the robot forgets no password", "ContinueToPasscodeConfirmationRecovery"},
			{"the robot passes over it", "TrustDevice"},
			{"the robot never goes back", "Back"},
			{"the robot has no browser", "ThirdPartyOAuth ExchangeToken"},
			{"it is of the profile flow, whose forms the robot does not fill in", `
				AccountDelete EmailCreate EmailDelete EmailSetPrimary EmailVerify UsernameUpdate UsernameDelete PasswordCreate PasswordUpdate
				PasswordDelete WebAuthnCredentialCreate WebAuthnCredentialRename WebAuthnCredentialDelete SecurityKeyCreate SecurityKeyDelete
				OTPSecretDelete SessionDelete PatchMetadata ConnectThirdPartyOAuthProvider DisconnectThirdPartyOAuthProvider`},
		},
	},
	{
		in: "hanko/tenant/flow", of: "State",
		at: []string{
			"states", "loginStates", "passcodeStates", "registrationStates", "onboardingStates", "mfaStates", "profileStates", "thirdPartyStates",
		},
	},
	{
		in: "tui/kit", at: []string{"stateTexts"}, of: "State",
		without: []exception{
			{"it has a screen of its own, whose texts it is", "PasscodeConfirmation OnboardingCreatePasskey Success Error"},
			{"the walk goes through it without a screen", "Preflight LoginPasskey OnboardingVerifyPasskeyAttestation WebAuthnCredentialVerification"},
		},
	},
	{
		in: "tui/kit", at: []string{"actionTexts", "TextOfAction"}, of: "ActionName",
		without: []exception{
			{"the walk takes it by itself, or it belongs to a step that has a screen of its own", `
				RegisterClientCapabilities VerifyPasscode ResendPasscode WebAuthnVerifyAttestationResponse WebAuthnVerifyAssertionResponse ExchangeToken`},
			{"esc is the way back: it is no button", "Back"},
			{"it is of the profile flow, whose actions Hanko describes in words for people", `
				AccountDelete EmailDelete EmailSetPrimary EmailVerify UsernameUpdate UsernameDelete PasswordCreate PasswordUpdate PasswordDelete
				WebAuthnCredentialCreate WebAuthnCredentialRename WebAuthnCredentialDelete SecurityKeyCreate SecurityKeyDelete OTPSecretDelete
				SessionDelete PatchMetadata ConnectThirdPartyOAuthProvider DisconnectThirdPartyOAuthProvider`},
		},
	},
	{in: "hanko/tenant/flow", of: "ActionName"},
	{in: "hanko/tenant/flow", of: "InputName"},
	{
		in: "hanko/tenant/flow", of: "ErrorCode",
		without: []exception{
			{"the embedded tenant is a v3.0.4, which does not have it", "OTPCodeInvalid OTPCodeAlreadyUsed"},
			{"the embedded tenant has no SAML", "Forbidden"},
			{"the embedded tenant does not ask for platform authenticators", "PlatformAuthenticatorRequired"},
		},
	},
}

// vocabularyTypes are the vocabulary's types, with the prefixes of their constants.
var vocabularyTypes = map[string]string{"State": "State", "ActionName": "Action", "InputName": "Input", "ErrorCode": "Code"}

// sources returns all packages, with their types, by their path relative to the module's.
var sources = sync.OnceValues(func() (map[string]*packages.Package, error) {
	if err := lookAnew(); err != nil {
		return nil, err
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax, Dir: root}, "./...")
	if err != nil {
		return nil, err
	}
	found := map[string]*packages.Package{}
	for _, p := range loaded {
		for _, failed := range p.Errors {
			return nil, failed
		}
		name, _ := below(p.PkgPath)
		found[name] = p
	}
	return found, nil
})

func loadSources(t *testing.T) map[string]*packages.Package {
	t.Helper()
	found, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// vocabularyType returns the name of a type of the vocabulary, or "" for any other type.
func vocabularyType(of types.Type) string {
	named, ok := of.(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != module+"/hanko" || vocabularyTypes[named.Obj().Name()] == "" {
		return ""
	}
	return named.Obj().Name()
}

// wordsOf returns the values of the constants of a vocabulary type, by their names without the prefix.
func wordsOf(t *testing.T, kind string) map[string]string {
	t.Helper()
	found := map[string]string{}
	scope := loadSources(t)["hanko"].Types.Scope()
	for _, name := range scope.Names() {
		if c, ok := scope.Lookup(name).(*types.Const); ok && vocabularyType(c.Type()) == kind {
			found[strings.TrimPrefix(name, vocabularyTypes[kind])] = constant.StringVal(c.Val())
		}
	}
	if len(found) < 20 {
		t.Fatalf("there are %d constants of the type %s", len(found), kind)
	}
	return found
}

func TestEveryTableHasEveryWord(t *testing.T) {
	for _, table := range tables {
		t.Run(fmt.Sprint(path.Base(table.in), table.at, table.of), func(t *testing.T) {
			has := rowsOf(t, table)
			words := wordsOf(t, table.of)
			excepted := map[string]bool{}
			for _, exception := range table.without {
				for _, name := range strings.Fields(exception.words) {
					value, known := words[name]
					switch {
					case !known:
						t.Errorf("an exception names %s, which is not a constant", name)
					case has[value]:
						t.Errorf("%s is an exception, but has a row", name)
					}
					excepted[name] = true
				}
			}
			for name, value := range words {
				if !has[value] && !excepted[name] {
					t.Errorf("%s%s (%q) has no row; write one, or give a reason", vocabularyTypes[table.of], name, value)
				}
			}
		})
	}
}

// literalsIn are the folders that still have literals for words of the vocabulary.
var literalsIn = pending{}

// Words of the vocabulary are literals only in vocabulary.go. Nothing would notice a misspelt literal elsewhere.
func TestWordsAreConstants(t *testing.T) {
	left := map[string]bool{}
	for name, source := range loadSources(t) {
		for _, file := range source.Syntax {
			if filepath.Base(source.Fset.File(file.Pos()).Name()) == "vocabulary.go" {
				continue
			}
			ast.Inspect(file, func(node ast.Node) bool {
				literal, ok := node.(*ast.BasicLit)
				if !ok || literal.Value == `""` {
					return true
				}
				if kind := vocabularyType(source.TypesInfo.Types[literal].Type); kind != "" {
					if folder := literalsIn.folder(name); folder != "" {
						left[folder] = true
						return true
					}
					t.Errorf("%s: %s is a literal of type %s, not a constant", source.Fset.Position(literal.Pos()), literal.Value, kind)
				}
				return true
			})
		}
	}
	literalsIn.check(t, left)
}

// pending are folders that do not pass a check yet.
type pending []string

// folder returns the folder in the list that contains a package, or "".
func (p pending) folder(name string) string {
	for _, folder := range p {
		if name == folder || strings.HasPrefix(name, folder+"/") {
			return folder
		}
	}
	return ""
}

// check fails the test for a folder in the list in which nothing is left to do.
func (p pending) check(t *testing.T, left map[string]bool) {
	t.Helper()
	for _, folder := range p {
		if !left[folder] {
			t.Errorf("nothing is left to do in %s: remove it from the list", folder)
		}
	}
}

// rowsOf returns the words of a table: the values of its type in its declarations.
func rowsOf(t *testing.T, table table) map[string]bool {
	t.Helper()
	source, ok := loadSources(t)[table.in]
	if !ok {
		t.Fatalf("there is no package %s", table.in)
	}
	has, found := map[string]bool{}, map[string]bool{}
	for _, file := range source.Syntax {
		for _, declared := range declarations(file) {
			if len(table.at) > 0 && !slices.Contains(table.at, declared.name) {
				continue
			}
			found[declared.name] = true
			ast.Inspect(declared.node, func(node ast.Node) bool {
				expression, ok := node.(ast.Expr)
				if !ok {
					return true
				}
				of := source.TypesInfo.Types[expression]
				if of.Value != nil && vocabularyType(of.Type) == table.of {
					has[constant.StringVal(of.Value)] = true
				}
				return true
			})
		}
	}
	for _, name := range table.at {
		if !found[name] {
			t.Fatalf("%s declares no %s", table.in, name)
		}
	}
	return has
}

type declaration struct {
	name string
	node ast.Node
}

// declarations returns a file's functions, methods and variables.
func declarations(file *ast.File) []declaration {
	var found []declaration
	for _, declared := range file.Decls {
		switch declared := declared.(type) {
		case *ast.FuncDecl:
			found = append(found, declaration{declared.Name.Name, declared})
		case *ast.GenDecl:
			for _, spec := range declared.Specs {
				if spec, ok := spec.(*ast.ValueSpec); ok && declared.Tok == token.VAR {
					found = append(found, declaration{spec.Names[0].Name, spec})
				}
			}
		}
	}
	return found
}
