#!/bin/sh
# Makes the keystores and certificates in this folder with a real keytool (JDK 17 made the ones kept here) and
# prints what keytool says of each. The keys are new on every run: copy the printed SHA-256 into read_test.go.
set -eu
cd "$(dirname "$0")"
rm -rf debug jks pkcs12 cert openssl tools
mkdir -p debug/jks debug/pkcs12 jks pkcs12 cert openssl tools

ec="-genkeypair -keyalg EC -groupname secp256r1 -validity 10000"
rsa="-genkeypair -keyalg RSA -keysize 2048 -validity 10950"
key() { keytool "$@" 2>/dev/null; }

# The debug keystore: JKS from older Android build tools, PKCS#12 from newer ones.
key $rsa -storetype JKS -keystore debug/jks/debug.keystore -storepass android -keypass android \
    -alias androiddebugkey -dname "CN=Android Debug,O=Android,C=US"
key $rsa -storetype PKCS12 -keystore debug/pkcs12/debug.keystore -storepass android \
    -alias androiddebugkey -dname "C=US, O=Android, CN=Android Debug"

# Two keys in one PKCS#12 that is called .jks, which is what keytool makes since Java 9.
key $ec -keystore pkcs12/two-keys.jks -storepass secret1 -alias Upload -dname "CN=Upload,O=Example"
key $ec -keystore pkcs12/two-keys.jks -storepass secret1 -alias play -dname "CN=Play,O=Example"

# A certificate, PEM and DER.
key -exportcert -rfc -keystore pkcs12/two-keys.jks -storepass secret1 -alias upload -file cert/upload.pem
key -exportcert -keystore pkcs12/two-keys.jks -storepass secret1 -alias upload -file cert/upload.der

# The encryption Java used up to 11: 40-bit RC2 and triple DES.
key $ec -J-Dkeystore.pkcs12.legacy -storetype PKCS12 -keystore pkcs12/legacy.p12 -storepass secret1 \
    -alias release -dname "CN=Legacy,O=Example"

# A key with a chain: the CA's certificate is no signer.
key $ec -keystore ca.tmp -storepass secret1 -alias ca -dname "CN=Example CA" -ext bc:c
key -exportcert -keystore ca.tmp -storepass secret1 -alias ca -file ca.der.tmp
key $ec -keystore pkcs12/chain.p12 -storepass secret1 -alias release -dname "CN=Chained,O=Example"
key -certreq -keystore pkcs12/chain.p12 -storepass secret1 -alias release -file req.tmp
key -gencert -keystore ca.tmp -storepass secret1 -alias ca -infile req.tmp -outfile leaf.tmp -validity 10000 -rfc
key -exportcert -rfc -keystore ca.tmp -storepass secret1 -alias ca -file ca.pem.tmp
cat leaf.tmp ca.pem.tmp > chain.tmp
key -importcert -noprompt -keystore pkcs12/chain.p12 -storepass secret1 -alias release -file chain.tmp

# A key beside a trusted certificate, and trusted certificates alone.
cp pkcs12/chain.p12 pkcs12/mixed.p12
key -importcert -noprompt -keystore pkcs12/mixed.p12 -storepass secret1 -alias other -file cert/upload.der
key -importcert -noprompt -keystore pkcs12/trust.p12 -storepass secret1 -alias upload -file cert/upload.der
key -importcert -noprompt -storetype JKS -keystore jks/trust.jks -storepass secret1 -alias upload -file cert/upload.der

# Nothing left inside.
cp pkcs12/trust.p12 pkcs12/empty.p12
key -delete -keystore pkcs12/empty.p12 -storepass secret1 -alias upload
cp jks/trust.jks jks/empty.jks
key -delete -keystore jks/empty.jks -storepass secret1 -alias upload

# JKS: two keys, one with a password of its own, beside a trusted certificate.
key $ec -storetype JKS -keystore jks/several.jks -storepass secret1 -keypass another2 -alias Upload -dname "CN=Upload JKS"
key $ec -storetype JKS -keystore jks/several.jks -storepass secret1 -keypass secret1 -alias beta -dname "CN=Beta JKS"
key -importcert -noprompt -keystore jks/several.jks -storepass secret1 -alias alpha -file ca.der.tmp

# A password outside ASCII.
printf 'p\303\244ssword' > pass.tmp
LC_ALL=C.UTF-8 key $ec -J-Dfile.encoding=UTF-8 -storetype JKS -keystore jks/umlaut.jks -storepass:file pass.tmp \
    -keypass:file pass.tmp -alias release -dname "CN=Umlaut"

# A PKCS#12 whose key has a password of its own: keytool refuses to make one, the Java API and Android Studio do not.
cat > KeyPass.java <<'JAVA'
import java.io.*; import java.security.*;
class KeyPass { public static void main(String[] a) throws Exception {
  KeyStore in = KeyStore.getInstance("PKCS12"); in.load(new FileInputStream("pkcs12/two-keys.jks"), "secret1".toCharArray());
  KeyStore out = KeyStore.getInstance("PKCS12"); out.load(null, null);
  out.setKeyEntry("upload", in.getKey("upload", "secret1".toCharArray()), "another2".toCharArray(), in.getCertificateChain("upload"));
  out.store(new FileOutputStream("pkcs12/key-password.p12"), "secret1".toCharArray());
} }
JAVA
java KeyPass.java

# OpenSSL 3: keys that Go does not know, locks that Java does not make, and two that are not opened here.
request() { openssl req -x509 -nodes -days 9000 -keyout "$1.tmp" -out "openssl/$1.pem" -subj "/O=Example/CN=$1" -newkey "$2" ${3+-pkeyopt "$3"} 2>/dev/null; }
export_p12() { key=$1; to=$2; shift 2; openssl pkcs12 -export -inkey "$key.tmp" -in "openssl/$key.pem" -name "$key" -passout pass:secret1 -out "openssl/$to.p12" "$@"; }
request pss rsa-pss rsa_keygen_bits:2048
request ed448 ed448
request ec ec ec_paramgen_curve:secp256k1
export_p12 pss pss
export_p12 ed448 ed448
export_p12 ec rc2-128 -legacy -certpbe PBE-SHA1-RC2-128 -macalg sha1
export_p12 ec two-keys-3des -legacy -certpbe PBE-SHA1-2DES -macalg sha512
export_p12 ec pbes2-3des -certpbe DES-EDE3-CBC -macalg sha384
export_p12 ec aes192 -certpbe AES-192-CBC -macalg sha224
export_p12 ec rc4 -legacy -certpbe PBE-SHA1-RC4-128 -macalg sha1
export_p12 ec camellia -certpbe camellia-256-cbc
openssl pkcs12 -in openssl/pss.p12 -passin pass:secret1 -nokeys -out openssl/bag-attributes.txt 2>/dev/null
openssl crl2pkcs7 -nocrl -certfile openssl/ec.pem -certfile openssl/pss.pem -outform DER -out openssl/two.p7b

# A format that is recognised, and not read.
key $ec -storetype JCEKS -keystore jks/old.jceks -storepass secret1 -keypass secret1 -alias release -dname "CN=Jceks"

# What keytool prints of some of them.
said() { to=$1; shift; keytool -J-Dfile.encoding=UTF-8 "$@" > "tools/$to.txt" 2>/dev/null; }
said keytool-list-v-german -J-Duser.language=de -list -v -keystore pkcs12/mixed.p12 -storepass secret1
said keytool-list-japanese -J-Duser.language=ja -list -keystore pkcs12/mixed.p12 -storepass secret1
said keytool-list-v-two-keys -list -v -keystore pkcs12/two-keys.jks -storepass secret1
said keytool-list-rfc-chain -list -rfc -keystore pkcs12/chain.p12 -storepass secret1
said keytool-list-trusted -list -keystore pkcs12/trust.p12 -storepass secret1
cat openssl/ec.pem openssl/pss.pem > two.tmp
said keytool-printcert-two -printcert -file two.tmp
jar cf signed.tmp generate.sh
jarsigner -keystore pkcs12/chain.p12 -storepass secret1 signed.tmp release >/dev/null 2>&1
said keytool-printcert-jarfile -printcert -jarfile signed.tmp

rm -f ./*.tmp KeyPass.java
for f in debug/*/debug.keystore jks/*.jks pkcs12/*; do
    case $f in debug/*) p=android ;; *umlaut*) continue ;; *) p=secret1 ;; esac
    echo "== $f"
    keytool -list -v -keystore "$f" -storepass $p 2>/dev/null | grep -E 'Alias|Owner|until|SHA256:|Entry type|^Certificate\[' ||
        echo "nothing inside"
done
for f in openssl/*.pem; do echo "== $f"; openssl x509 -in "$f" -noout -subject -enddate -fingerprint -sha256; done
echo "== jks/umlaut.jks"
keytool -list -v -storetype JKS -keystore jks/umlaut.jks </dev/null 2>/dev/null | grep -E 'Alias|Owner|until|SHA256:'
echo "== cert/upload.der"
keytool -printcert -file cert/upload.der | grep -E 'Owner|until|SHA256:'
