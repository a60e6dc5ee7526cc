print("tokenfield")
