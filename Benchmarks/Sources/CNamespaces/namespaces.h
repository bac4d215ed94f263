// What glibc declares for _GNU_SOURCE alone.
extern int unshare(int flags);
static const int NEW_NETWORK_NAMESPACE = 0x40000000; // CLONE_NEWNET
