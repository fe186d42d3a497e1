package account

import "golang.org/x/crypto/bcrypt"

// MaxPassword is the size limit of a password, in bytes. It is bcrypt's.
const MaxPassword = 72

// HashPassword returns the bcrypt hash of a password of at most MaxPassword bytes.
func (a *Accounts) HashPassword(password string) ([]byte, error) {
	return bcrypt.GenerateFromPassword([]byte(password), a.PasswordCost)
}

// HasPassword reports whether a password is the user's.
func (u *User) HasPassword(password string) bool {
	return bcrypt.CompareHashAndPassword(u.Password, []byte(password)) == nil
}
