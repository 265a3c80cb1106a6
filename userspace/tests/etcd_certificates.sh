#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Makes certificates for the test of etcd's client, good ones and others.
# usage: tests/etcd_certificates.sh FOLDER
set -euo pipefail
cd "$1"
exec >log 2>&1

key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
for ca in ca other-ca; do
	openssl req -x509 "${key[@]}" -keyout $ca.key -out $ca.pem -subj "/CN=$ca" -days 30
done
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other-key.pem
cat >ca.conf <<'EOT'
[ca]
default_ca = default
[default]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = policy
copy_extensions = copy
unique_subject = no
[policy]
commonName = supplied
EOT
touch index
echo 01 >serial

# issue NAME CA SUBJECT-ALTERNATIVE-NAME FROM TO [PURPOSE]
issue() {
	openssl req -new -key key.pem -out "$1.csr" -subj "/CN=$1" -addext "subjectAltName=$3" \
		-addext "extendedKeyUsage=${6:-serverAuth,clientAuth}"
	openssl ca -batch -notext -config ca.conf -cert "$2.pem" -keyfile "$2.key" -in "$1.csr" -out "$1.pem" \
		-startdate "$4" -enddate "$5"
}

long_ago=20000101000000Z ago=20010101000000Z to_come=20980101000000Z then=20990101000000Z
issue server ca IP:127.0.0.1 $ago $to_come
issue other-name ca DNS:etcd.example.org $ago $to_come
issue expired ca IP:127.0.0.1 $long_ago $ago
issue not-yet ca IP:127.0.0.1 $to_come $then
issue other-client other-ca DNS:host $ago $to_come
issue client-only ca IP:127.0.0.1 $ago $to_come clientAuth
issue server-only ca IP:127.0.0.1 $ago $to_come serverAuth
echo 'no certificate' >garbage.pem
