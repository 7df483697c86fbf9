package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"os"
	"regexp"
	"slices"
	"time"
)

// hostNames are the names by which this machine is reached.
func hostNames() []string {
	h, err := os.Hostname()
	if err != nil {
		h = ""
	}
	return certifiable("localhost", h)
}

// dnsName is what a certificate holds as a name: ASCII labels with dots between. A system may call
// itself otherwise (a name in Chinese, with a space), and then its addresses have to do.
var dnsName = regexp.MustCompile(`^[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?` +
	`(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?)*$`)

// certifiable leaves out of names what no certificate can hold, and repetitions.
func certifiable(names ...string) (list []string) {
	for _, n := range names {
		if len(n) <= 253 && dnsName.MatchString(n) && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// hostIPs are the loopback addresses, the address that the server listens on,
// and this machine's addresses on its networks. Link-local ones are left out: a
// browser cannot name their zone.
func hostIPs(listen net.Addr) []net.IP {
	ips := []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	add := func(ip net.IP) {
		if ip == nil || ip.IsUnspecified() || ip.IsLinkLocalUnicast() {
			return
		}
		for _, have := range ips {
			if have.Equal(ip) {
				return
			}
		}
		ips = append(ips, ip)
	}
	if tcp, ok := listen.(*net.TCPAddr); ok {
		add(tcp.IP)
	}
	addrs, _ := net.InterfaceAddrs() // without them the loopback names still serve
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			add(n.IP)
		}
	}
	return ips
}

// selfSigned makes a certificate that lives as long as the process: browsers
// open the camera only on a secure origin, and away from localhost that means
// TLS.
func selfSigned(now time.Time, names []string, ips []net.IP) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot make a key for -tls: %v", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot make a serial number for -tls: %v", err)
	}
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "SEscope on this machine"},
		NotBefore:             now.Add(-time.Hour), // a phone's clock may be behind
		NotAfter:              now.AddDate(0, 3, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              names,
		IPAddresses:           ips,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("cannot sign a certificate for %v: %v", names, err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
