// What glibc declares for _GNU_SOURCE alone.
extern int unshare(int flags);
extern int setns(int file, int kind);
static const int NEW_NETWORK_NAMESPACE = 0x40000000; // CLONE_NEWNET
