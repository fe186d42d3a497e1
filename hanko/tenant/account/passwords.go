package account

import "golang.org/x/crypto/bcrypt"

// HashPassword makes what is stored of a password, which must not be longer than 72 bytes.
func (a *Accounts) HashPassword(password string) ([]byte, error) {
	return bcrypt.GenerateFromPassword([]byte(password), a.PasswordCost)
}

// HasPassword reports whether the user's password is the given one.
func (u *User) HasPassword(password string) bool {
	return bcrypt.CompareHashAndPassword(u.Password, []byte(password)) == nil
}
