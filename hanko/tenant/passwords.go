package tenant

import "golang.org/x/crypto/bcrypt"

// passwordCost is far below Hanko's 12: the transaction waits for it.
const passwordCost = 6

// hashPassword makes what is stored of a password, which must not be longer than 72 bytes.
func (a *accounts) hashPassword(password string) ([]byte, error) {
	return bcrypt.GenerateFromPassword([]byte(password), passwordCost)
}

// hasPassword reports whether the user's password is the given one.
func (u *user) hasPassword(password string) bool {
	return bcrypt.CompareHashAndPassword(u.Password, []byte(password)) == nil
}
