/// Command lines and, indented, what is said about each; look at every word of a line before it comes here.
extension BadInput {
  /// Values that options do not take.
  static let all = table(
    #"""
    -p 0
      -p: '0': give a port 1-65535
    -p 65536
      -p: '65536': give a port 1-65535
    -p http
      -p: 'http': give a port 1-65535
    -p -1
      -p: '-1': give a port 1-65535
    -p +80
      -p: '+80': give a port 1-65535
    -p 015001
      -p: '015001': give a port 1-65535
    -p ''
      -p: '': nothing is given; give a port 1-65535
    --envoy-port=15001,15002
      --envoy-port: '15001,15002': give a port 1-65535
    -z 99999
      -z: '99999': give a port 1-65535
    -e 15008:15009
      -e: '15008:15009': give a port 1-65535
    INBOUND_CAPTURE_PORT=x
      INBOUND_CAPTURE_PORT: 'x': give a port 1-65535
    -b 80,eighty
      -b: 'eighty' (item 2 of 2) is not a port; give ports 1-65535, ranges like 8000:8100, or *
    -b 0
      -b: '0' is not a port; give ports 1-65535, ranges like 8000:8100, or *
    -b 65536
      -b: '65536' is not a port; give ports 1-65535, ranges like 8000:8100, or *
    -b 8100:8000
      -b: '8100:8000' runs backwards; give 8000:8100
    -b 8000:
      -b: '8000:' is not a port; give ports 1-65535, ranges like 8000:8100, or *
    -b :80
      -b: ':80' is not a port; give ports 1-65535, ranges like 8000:8100, or *
    -b 80:90:100
      -b: '80:90:100' is not a port; give ports 1-65535, ranges like 8000:8100, or *
    -b 8000-8100
      -b: '8000-8100' is not a port; give ports 1-65535, ranges like 8000:8100, or *
    -b '*,80'
      -b: '*' (item 1 of 2) is not alone; give * alone, or leave it out
    -b '80 90'
      -b: '80 90' is not a port; give ports 1-65535, ranges like 8000:8100, or *
    -b all
      -b: 'all' is not a port; give ports 1-65535, ranges like 8000:8100, or *
    ISTIO_INBOUND_PORTS=80,eighty
      ISTIO_INBOUND_PORTS: 'eighty' (item 2 of 2) is not a port; give ports 1-65535, ranges like 8000:8100, or *
    -d '*'
      -d: '*' is not a port; give ports 1-65535, ranges like 8000:8100
    -d 15090,x
      -d: 'x' (item 2 of 2) is not a port; give ports 1-65535, ranges like 8000:8100
    -o '*'
      -o: '*' is not a port; give ports 1-65535, ranges like 8000:8100
    -o 22,-1
      -o: '-1' (item 2 of 2) is not a port; give ports 1-65535, ranges like 8000:8100
    -q '*'
      -q: '*' is not a port; give ports 1-65535, ranges like 8000:8100
    -q 443/tcp
      -q: '443/tcp' is not a port; give ports 1-65535, ranges like 8000:8100
    -i 10.0.0.0
      -i: '10.0.0.0' has no mask; for this address alone give 10.0.0.0/32
    -i 10.0.0.0/33
      -i: '10.0.0.0/33' is not a CIDR; give blocks like 10.0.0.0/8 or 2001:db8::/32, or *
    -i 10.0.0/8
      -i: '10.0.0/8' is not a CIDR; give blocks like 10.0.0.0/8 or 2001:db8::/32, or *
    -i 10.0.0.0/255.0.0.0
      -i: '10.0.0.0/255.0.0.0' is not a CIDR; give blocks like 10.0.0.0/8 or 2001:db8::/32, or *
    -i '*,10.0.0.0/8'
      -i: '*' (item 1 of 2) is not alone; give * alone, or leave it out
    -i example.com/32
      -i: 'example.com/32' is not a CIDR; give blocks like 10.0.0.0/8 or 2001:db8::/32, or *
    -i 2001:db8::/129
      -i: '2001:db8::/129' is not a CIDR; give blocks like 10.0.0.0/8 or 2001:db8::/32, or *
    -i fe80::1%eth0/64
      -i: 'fe80::1%eth0/64' is not a CIDR; give blocks like 10.0.0.0/8 or 2001:db8::/32, or *
    -i 010.0.0.0/8
      -i: '010.0.0.0/8' is not a CIDR; give blocks like 10.0.0.0/8 or 2001:db8::/32, or *
    -i 2001:db8::1
      -i: '2001:db8::1' has no mask; for this address alone give 2001:db8::1/128
    ISTIO_SERVICE_CIDR=10.0.0.0
      ISTIO_SERVICE_CIDR: '10.0.0.0' has no mask; for this address alone give 10.0.0.0/32
    -x '*'
      -x: '*' is not a CIDR; give blocks like 10.0.0.0/8 or 2001:db8::/32
    -x 1.2.3.4
      -x: '1.2.3.4' has no mask; for this address alone give 1.2.3.4/32
    -x 1.2.3.4/-1
      -x: '1.2.3.4/-1' is not a CIDR; give blocks like 10.0.0.0/8 or 2001:db8::/32
    -u -1
      -u: '-1' is not a user; give numbers 0-4294967294, or names this system knows
    -u 4294967295
      -u: '4294967295' is not a user; give numbers 0-4294967294, or names this system knows
    -u nosuchuser
      -u: 'nosuchuser' is not a user; give numbers 0-4294967294, or names this system knows
    -u 1.5
      -u: '1.5' is not a user; give numbers 0-4294967294, or names this system knows
    -u 1000-2000 -g 1
      -u: '1000-2000' is not a user; give numbers 0-4294967294, or names this system knows
    -g 4294967295
      -g: '4294967295' is not a group; give numbers 0-4294967294, or names this system knows
    -g nosuchgroup
      -g: 'nosuchgroup' is not a group; give numbers 0-4294967294, or names this system knows
    -g 0x10
      -g: '0x10' is not a group; give numbers 0-4294967294, or names this system knows
    PROXY_UID=nosuchuser -g 1
      PROXY_UID: 'nosuchuser' is not a user; give numbers 0-4294967294, or names this system knows
    ISTIO_OUTBOUND_OWNER_GROUPS=nosuchgroup
      ISTIO_OUTBOUND_OWNER_GROUPS: 'nosuchgroup' is not a group; give numbers 0-4294967294, or names this system knows, or *
    ISTIO_OUTBOUND_OWNER_GROUPS='*,5'
      ISTIO_OUTBOUND_OWNER_GROUPS: '*' (item 1 of 2) is not alone; give * alone, or leave it out
    ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE='*'
      ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE: '*' is not a group; give numbers 0-4294967294, or names this system knows
    ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE=-5
      ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE: '-5' is not a group; give numbers 0-4294967294, or names this system knows
    -m tproxy
      -m: 'tproxy': give REDIRECT or TPROXY
    -m NONE
      -m: 'NONE': give REDIRECT or TPROXY
    ISTIO_INBOUND_INTERCEPTION_MODE=redirect
      ISTIO_INBOUND_INTERCEPTION_MODE: 'redirect': give REDIRECT or TPROXY
    -t 0
      -t: '0': give a mark 1-4294967295
    -t 4294967296
      -t: '4294967296': give a mark 1-4294967295
    -t 0x
      -t: '0x': give a mark 1-4294967295
    -t 0xg
      -t: '0xg': give a mark 1-4294967295
    -t -1
      -t: '-1': give a mark 1-4294967295
    -r 0
      -r: '0': give a routing table 1-252 or 256-4294967295
    -r 253
      -r: '253': give a routing table 1-252 or 256-4294967295
    -r 255
      -r: '255': give a routing table 1-252 or 256-4294967295
    -r main
      -r: 'main': give a routing table 1-252 or 256-4294967295
    -c sixteencharnames
      -c: 'sixteencharnames' is not an interface; give names of 1-15 bytes without blanks, /, : or quotes, like eth0 or veth+
    -c 'eth 0'
      -c: 'eth 0' is not an interface; give names of 1-15 bytes without blanks, /, : or quotes, like eth0 or veth+
    -c eth/0
      -c: 'eth/0' is not an interface; give names of 1-15 bytes without blanks, /, : or quotes, like eth0 or veth+
    -c eth0,eth:1
      -c: 'eth:1' (item 2 of 2) is not an interface; give names of 1-15 bytes without blanks, /, : or quotes, like eth0 or veth+
    -c 'e"th'
      -c: 'e"th' is not an interface; give names of 1-15 bytes without blanks, /, : or quotes, like eth0 or veth+
    -c ..
      -c: '..' is not an interface; give names of 1-15 bytes without blanks, /, : or quotes, like eth0 or veth+
    -k -eth0
      -k: '-eth0' is not an interface; give names of 1-15 bytes without blanks, /, : or quotes, like eth0 or veth+
    -k éthernet-number0
      -k: 'éthernet-number0' is not an interface; give names of 1-15 bytes without blanks, /, : or quotes, like eth0 or veth+
    ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR=127.0.0.1
      ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR: '127.0.0.1': give a block within 127.0.0.0/8, like 127.0.0.1/32
    ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR=10.0.0.0/8
      ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR: '10.0.0.0/8': give a block within 127.0.0.0/8, like 127.0.0.1/32
    ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR=127.0.0.0/7
      ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR: '127.0.0.0/7': give a block within 127.0.0.0/8, like 127.0.0.1/32
    ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR=::1/128
      ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR: '::1/128': give a block within 127.0.0.0/8, like 127.0.0.1/32
    --redirect-dns=maybe
      --redirect-dns: 'maybe': give true or false
    --redirect-dns=yes
      --redirect-dns: 'yes': give true or false
    REDIRECT_DNS=on
      REDIRECT_DNS: 'on': give true or false
    ISTIO_META_DNS_CAPTURE=TrUe
      ISTIO_META_DNS_CAPTURE: 'TrUe': give true or false
    INVALID_DROP=2
      INVALID_DROP: '2': give true or false
    ISTIO_DUAL_STACK=no
      ISTIO_DUAL_STACK: 'no': give true or false
    --dry-run=tru
      --dry-run: 'tru': give true or false
    -n=x
      -n: 'x': give true or false
    --redirect-dns --dns-servers dns.example.com
      --dns-servers: 'dns.example.com' is not an address; give addresses like 10.96.0.10 or fd00::10
    --dns-servers 8.8.8
      --dns-servers: '8.8.8' is not an address; give addresses like 10.96.0.10 or fd00::10
    --dns-servers 10.96.0.10/32
      --dns-servers: '10.96.0.10/32' is not an address; give addresses like 10.96.0.10 or fd00::10
    --istio-release 1.13
      --istio-release: '1.13': give one from 1.14 to 1.31
    --istio-release 1.32
      --istio-release: '1.32': give one from 1.14 to 1.31
    --istio-release 2.0
      --istio-release: '2.0': give one from 1.14 to 1.31
    --istio-release latest
      --istio-release: 'latest': give one from 1.14 to 1.31
    --ip-family ipv6
      --ip-family: 'ipv6': give auto, ipv4 or dual
    --ip-family both
      --ip-family: 'both': give auto, ipv4 or dual
    --profile gateway
      --profile: 'gateway': give sidecar
    --probe-timeout 5
      --probe-timeout: '5': give a time like 5s, 500ms or 1m30s, 24h at most
    --probe-timeout 0s
      --probe-timeout: '0s': give a time like 5s, 500ms or 1m30s, 24h at most
    --probe-timeout -5s
      --probe-timeout: '-5s': give a time like 5s, 500ms or 1m30s, 24h at most
    --probe-timeout 5x
      --probe-timeout: '5x': give a time like 5s, 500ms or 1m30s, 24h at most
    --probe-timeout 25h
      --probe-timeout: '25h': give a time like 5s, 500ms or 1m30s, 24h at most
    PROBE_TIMEOUT=soon
      PROBE_TIMEOUT: 'soon': give a time like 5s, 500ms or 1m30s, 24h at most
    --iptables-probe-port 0
      --iptables-probe-port: '0': give a port 1-65535
    --force-iptables-binary iptables
      --force-iptables-binary: 'iptables': give legacy or nft
    --native-nftables --force-iptables-binary legacy
      --native-nftables and --force-iptables-binary contradict each other; give one of them
    --pid 0
      --pid: '0': give the number of a process
    --pid self
      --pid: 'self': give the number of a process
    --pid 1 --network-namespace /proc/1/ns/net
      --network-namespace and --pid contradict each other; give one of them
    --network-namespace ''
      --network-namespace: '': nothing is given; give the path of a network namespace
    --skip-rule-apply --reconcile
      --skip-rule-apply and --reconcile contradict each other; give one of them
    --skip-rule-apply --force-apply
      --skip-rule-apply and --force-apply contradict each other; give one of them
    --cleanup-only --skip-rule-apply
      --skip-rule-apply and --cleanup-only contradict each other; give one of them
    --cleanup-only --force-apply
      --cleanup-only and --force-apply contradict each other; give one of them
    --cleanup-only --run-validation
      --cleanup-only and --run-validation contradict each other; give one of them
    --iptables-trace-logging
      --iptables-trace-logging: 'true': LOG rules are not supported; leave it out, and see trace for the rule that decides
    --log_output_level=loud
      --log_output_level: 'loud': give levels like info or default:debug; the levels are debug, info, warn, error, fatal, none
    --log_output_level=a:b:info
      --log_output_level: 'a:b:info': give levels like info or default:debug; the levels are debug, info, warn, error, fatal, none
    --log_as_json=2
      --log_as_json: '2': give true or false
    --vklog high
      --vklog: 'high': give a number
    -b 80,eighty -p 0 -m tproxy
      -p: '0': give a port 1-65535
      -b: 'eighty' (item 2 of 2) is not a port; give ports 1-65535, ranges like 8000:8100, or *
      -m: 'tproxy': give REDIRECT or TPROXY
    print -b
      -b: the value is missing
    --istio-service-cidr
      --istio-service-cidr: the value is missing
    -b 80,443:80 -d 15090:15021
      -d: '15090:15021' runs backwards; give 15021:15090
      -b: '443:80' (item 2 of 2) runs backwards; give 80:443
    -i 10.0.0.0,2001:db8::1/64,1.2.3.4
      -i: '10.0.0.0' (item 1 of 3) has no mask; for this address alone give 10.0.0.0/32; 1 more wrong
    -c ethernet-with-a-long-name,ok0
      -c: 'ethernet-with-a-long-name' (item 1 of 2) is not an interface; give names of 1-15 bytes without blanks, /, : or quotes, like eth0 or veth+
    --istio-release 1.22.x
      --istio-release: '1.22.x': give one from 1.14 to 1.31
    --network-namespace=
      --network-namespace: '': nothing is given; give the path of a network namespace
    -u '' -g nosuchgroup
      -g: 'nosuchgroup' is not a group; give numbers 0-4294967294, or names this system knows
    -nx
      -x: the value is missing
    lint --log_output_level=loud
      --log_output_level: 'loud': give levels like info or default:debug; the levels are debug, info, warn, error, fatal, none
    wait --log_output_level=loud
      --log_output_level: 'loud': give levels like info or default:debug; the levels are debug, info, warn, error, fatal, none
    pcap join --log_output_level=loud in.pcap out.pcapng
      --log_output_level: 'loud': give levels like info or default:debug; the levels are debug, info, warn, error, fatal, none
    node status --log_output_level=loud
      --log_output_level: 'loud': give levels like info or default:debug; the levels are debug, info, warn, error, fatal, none
    lint --only port-name --ignore port-name
      --only and --ignore both name port-name; leave it out of one of them
    guess --pid 1 dump.txt
      --pid selects the kernel's rules: leave it or the file of rules out
    diff --network-namespace x dump.txt
      --network-namespace selects the kernel's rules: leave it or the file of rules out
    clean --check --pod-name shop/web dump.txt
      --pod-name selects the kernel's rules: leave it or the file of rules out
    """#)

  /// Words that name no option.
  static let ofParser = table(
    #"""
    --istio-inbound-prots 80
      Unknown option '--istio-inbound-prots'. Did you mean '--istio-inbound-ports'? (--help lists what there is)
    --istio-inbound-prots 80 -b eighty -p 0
      Unknown option '--istio-inbound-prots'. Did you mean '--istio-inbound-ports'? (--help lists what there is)
      -p: '0': give a port 1-65535
      -b: 'eighty' is not a port; give ports 1-65535, ranges like 8000:8100, or *
    --log-as-json
      Unknown option '--log-as-json'. Did you mean '--log_as_json'? (--help lists what there is)
    -y
      Unknown option '-y' (--help lists what there is)
    eth0
      Unexpected argument 'eth0' (--help lists what there is)
    clean up
      Unexpected argument 'up' (clean takes a file with --check alone)
    rules --frobnicate
      Unknown option '--frobnicate' (--help lists what there is)
    """#)
}
