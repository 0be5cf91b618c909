// Package repotest holds the tests about the repository itself: which package may import which, that every package and
// exported name is documented, that paths named in the docs exist, that migrations come in pairs. It has no code of
// its own; the rules are tables in its tests.
package repotest
