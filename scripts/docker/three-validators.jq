# Makes the specification of `local`, whose validators are published keys, one of three validators:
# Alice, Bob and Charlie. All three have to be up for blocks to become final.
.name = "Lattice Local Network of Three"
| .id = "lattice_local_three"
| .genesis.runtimeGenesis.patch.aura.authorities = [
    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
    "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y"
  ]
| .genesis.runtimeGenesis.patch.grandpa.authorities = [
    ["5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu", 1],
    ["5GoNkf6WdbxCFnPdAnYYQyCjAKPJgLNxXwPjwTh6DGg6gN3E", 1],
    ["5DbKjhNLpqX3zqZdNBc9BGb4fHU1cRBaDhJUskrvkwfraDi6", 1]
  ]
