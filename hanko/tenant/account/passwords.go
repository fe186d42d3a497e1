package account

import "golang.org/x/crypto/bcrypt"

// passwordCost is far below Hanko's 12: the transaction waits for it.
const passwordCost = 6

// HashPassword makes what is stored of a password, which must not be longer than 72 bytes.
func (a *Accounts) HashPassword(password string) ([]byte, error) {
	return bcrypt.GenerateFromPassword([]byte(password), passwordCost)
}

// HasPassword reports whether the user's password is the given one.
func (u *User) HasPassword(password string) bool {
	return bcrypt.CompareHashAndPassword(u.Password, []byte(password)) == nil
}
