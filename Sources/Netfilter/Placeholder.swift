import CNetfilter

